/** The C++ that all programs of the native backend run by: threads, TensorFlow's tensors, an exponential that vectorises. */
export const runtime = `
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Each program is compiled for several generations of CPUs, so that a cache may be shared by different machines.
#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

namespace plumbline {

struct Arrays {
  std::vector<const float*> in;
  std::vector<float*> out;
};

struct Program {
  void (*part)(const Arrays& arrays, int64_t first, int64_t end, int64_t width);
  bool entries;                   // whether its parts are entries, not rows
  bool told;                      // whether numbers come after the inputs
  std::vector<bool> columns_in;   // of each input, whether it has one number for each row
  std::vector<bool> columns_out;  // and of each result
};

// To a unit in the last place, and so that a compiler can take many at once.
__attribute__((always_inline)) inline float exp(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  const float shifted = x * 1.44269504f + 12582912.0f;  // its last bits are the nearest whole number
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float y = 1.9875691500e-4f;
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  int32_t power;
  std::memcpy(&power, &shifted, sizeof power);
  power = (power + 127) << 23;
  float scale;
  std::memcpy(&scale, &power, sizeof scale);
  return y * scale;
}

__attribute__((always_inline)) inline float inverseSqrt(float x) { return 1.0f / std::sqrt(x); }

// As many threads as TensorFlow itself takes.
const int64_t threads = [] {
  const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int64_t asked = told ? std::atoll(told) : 0;
  return asked > 0 ? asked : std::max<int64_t>(1, std::thread::hardware_concurrency());
}();

// Entries that are worth a thread: they take several times as long as it takes to begin one.
constexpr int64_t kWorthAThread = 1 << 16;

void inParts(const Program& program, const Arrays& arrays, int64_t count, int64_t width) {
  const int64_t parts = std::max<int64_t>(1, std::min(threads, count * width / kWorthAThread));
  std::vector<std::thread> others;
  int64_t first = 0;
  for (int64_t i = 1; i < parts; ++i) {
    const int64_t end = count * i / parts;
    try {
      others.emplace_back(program.part, std::cref(arrays), first, end, width);
    } catch (const std::system_error&) {
      break;  // no more threads may be had
    }
    first = end;
  }
  program.part(arrays, first, count, width);
  for (auto& other : others) other.join();
}

struct Freed {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Tensor = std::unique_ptr<TF_Tensor, Freed>;

void run(const Program& program, TF_OpKernelContext* context) {
  const std::unique_ptr<TF_Status, Freed> status(TF_NewStatus());
  const auto failed = [&] {
    if (TF_GetCode(status.get()) == TF_OK) return false;
    TF_OpKernelContext_Failure(context, status.get());
    return true;
  };
  Arrays arrays;
  std::vector<Tensor> held;
  std::vector<int64_t> shape;
  int64_t count = 1, width = 1;
  for (size_t i = 0; i < program.columns_in.size() + program.told; ++i) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context, i, &tensor, status.get());
    if (failed()) return;
    held.emplace_back(tensor);
    arrays.in.push_back(static_cast<const float*>(TF_TensorData(tensor)));
    const int64_t size = TF_TensorElementCount(tensor);
    if (i == 0) {
      for (int axis = 0; axis < TF_NumDims(tensor); ++axis) shape.push_back(TF_Dim(tensor, axis));
      width = program.entries || shape.empty() ? 1 : shape.back();
      count = width == 0 ? 0 : size / width;
    } else if (i < program.columns_in.size() &&
               size != (program.columns_in[i] ? count : count * width)) {
      TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "a program's inputs differ in size");
    }
    if (failed()) return;
  }
  for (size_t i = 0; i < program.columns_out.size(); ++i) {
    std::vector<int64_t> own = shape;
    if (program.columns_out[i]) own.back() = 1;
    const int64_t size = program.columns_out[i] ? count : count * width;
    TF_Tensor* tensor = TF_AllocateOutput(context, i, TF_FLOAT, own.data(), own.size(),
                                          size * sizeof(float), status.get());
    if (failed()) return;
    held.emplace_back(tensor);
    arrays.out.push_back(static_cast<float*>(TF_TensorData(tensor)));
  }
  inParts(program, arrays, count, width);
}

void know(const char* name, const Program& program, void (*compute)(void*, TF_OpKernelContext*)) {
  const std::unique_ptr<TF_Status, Freed> status(TF_NewStatus());
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (size_t i = 0; i < program.columns_in.size() + program.told; ++i) {
    TF_OpDefinitionBuilderAddInput(op, ("in" + std::to_string(i) + ": float").c_str());
  }
  for (size_t i = 0; i < program.columns_out.size(); ++i) {
    TF_OpDefinitionBuilderAddOutput(op, ("out" + std::to_string(i) + ": float").c_str());
  }
  TF_RegisterOpDefinition(op, status.get());
  if (TF_GetCode(status.get()) != TF_OK) return;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr),
                           status.get());
}
`;
