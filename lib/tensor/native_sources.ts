/**
 * The two pieces of C++ that surround the addon of @tensorflow/tfjs-node-gpu, whose own sources come from its package.
 *
 * @module
 */

/**
 * The addon that Deno loads. TensorFlow writes to stderr while the linker runs its initialisers, before any setting
 * can reach it, so this opens the real addon with stderr turned away. TF_CPP_MIN_LOG_LEVEL, when set, shows everything.
 * TensorFlow carries an LLVM, and its initialisers crash where another LLVM is loaded: software drivers for WebGPU bring
 * one as soon as a program looks for an adapter. This refuses instead.
 */
export const loader = `
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <node_api.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <string>

static int is_llvm(dl_phdr_info* library, size_t, void* found) {
  const char* name = std::strstr(library->dlpi_name, "libLLVM");
  if (name != nullptr) *static_cast<std::string*>(found) = name;
  return name != nullptr;
}

static napi_value open_addon(napi_env env, napi_value exports, std::string* why) {
  Dl_info self;
  dladdr(reinterpret_cast<void*>(&open_addon), &self);
  const std::string path = self.dli_fname;
  const std::string addon = path.substr(0, path.rfind('/') + 1) + "tfjs_tensorflow.so";
  void* library = dlopen(addon.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) { *why = dlerror(); return nullptr; }
  using Init = napi_value (*)(napi_env, napi_value);
  const auto init = reinterpret_cast<Init>(dlsym(library, "napi_register_module_v1"));
  if (init == nullptr) { *why = dlerror(); return nullptr; }
  return init(env, exports);
}

// Deno drops what a module throws while it loads, so a failure is handed over as a property.
static napi_value failure(napi_env env, napi_value exports, const std::string& why) {
  napi_value text;
  napi_create_string_utf8(env, why.c_str(), why.size(), &text);
  napi_set_named_property(env, exports, "loadFailure", text);
  return exports;
}

NAPI_MODULE_INIT() {
  std::string why;
  if (dl_iterate_phdr(is_llvm, &why) != 0) {
    return failure(env, exports, why + " of another driver is in this process");
  }
  const int kept = std::getenv("TF_CPP_MIN_LOG_LEVEL") ? -1 : dup(STDERR_FILENO);
  if (kept >= 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) { dup2(nowhere, STDERR_FILENO); close(nowhere); }
  }
  const napi_value result = open_addon(env, exports, &why);
  if (kept >= 0) { dup2(kept, STDERR_FILENO); close(kept); }
  return why.empty() ? result : failure(env, exports, why);
}
`;

/**
 * Put before the package's sources. Quietens TensorFlow's later log lines below errors, and gives out tensor ids that
 * are free: the package counts a signed 32-bit id up for every tensor ever made, and past 2^31 (half a day of
 * training) never frees one again (tfjs issue 8735).
 */
export const prelude = `
#pragma once
#include <cstdint>
#include <cstdlib>
#include <map>
#include "absl/log/globals.h"

namespace plumbline {
inline const bool quiet = [] {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(level ? std::atoi(level) : 2));
  return true;
}();

template <typename Handles>
int32_t FreeId(const Handles& handles, int32_t* next) {
  while (handles.count(*next) > 0) *next = *next == INT32_MAX ? 0 : *next + 1;
  const int32_t id = *next;
  *next = id == INT32_MAX ? 0 : id + 1;
  return id;
}
}  // namespace plumbline
`;

/** Replaces the package's counting of tensor ids by {@linkcode prelude}'s, in the text of its tfjs_backend.cc. */
export function withFreeIds(source: string): string {
  const counting = "std::make_pair(next_tensor_id_++, tfe_handle)";
  if (source.split(counting).length !== 2) {
    throw new Error("tfjs_backend.cc is not that of 4.22.0: its tensor ids can't be corrected");
  }
  return source.replace(
    counting,
    "std::make_pair(plumbline::FreeId(tfe_handle_map_, &next_tensor_id_), tfe_handle)",
  );
}

/** What an attribute's list is read by, for the C++ of {@linkcode withLists}: the name of its value, how one entry is read, how all are set. */
function list(type: string, read: string, set: string): string {
  return `      if (IsArray(env, nstatus, &js_value)) {
        uint32_t count;
        nstatus = napi_get_array_length(env, js_value, &count);
        ENSURE_NAPI_OK(env, nstatus);
        std::vector<${type}> values(count);
        for (uint32_t i = 0; i < count; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          nstatus = ${read};
          ENSURE_NAPI_OK(env, nstatus);
        }
        ${set}
        break;
      }
`;
}

/** Lets attributes that are types or strings be lists of them, as fused kernels need, in the text of tfjs_backend.cc. */
export function withLists(source: string): string {
  const changes = [
    [
      "      TF_DataType tf_data_type;\n      nstatus = napi_get_value_int32(",
      list(
        "TF_DataType",
        "napi_get_value_int32(env, element, reinterpret_cast<int32_t *>(&values[i]))",
        "TFE_OpSetAttrTypeList(tfe_op, attr_name, values.data(), count);",
      ),
    ],
    [
      "      std::string str_value;\n      nstatus = GetStringParam(env, js_value, str_value);",
      list(
        "std::string",
        "GetStringParam(env, element, values[i])",
        `std::vector<const void *> texts;
        std::vector<size_t> lengths;
        for (const auto &value : values) {
          texts.push_back(value.data());
          lengths.push_back(value.size());
        }
        TFE_OpSetAttrStringList(tfe_op, attr_name, texts.data(), lengths.data(), count);`,
      ),
    ],
  ] as const;
  return changes.reduce((text, [scalar, lists]) => {
    if (text.split(scalar).length !== 2) {
      throw new Error("tfjs_backend.cc is not that of 4.22.0: its attributes can't be lists");
    }
    return text.replace(scalar, lists + scalar);
  }, source);
}
