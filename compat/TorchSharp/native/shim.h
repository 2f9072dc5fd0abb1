// The C boundary between TorchSharp's stand-in and libtorch: no exception crosses it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <ATen/core/Tensor.h>

#define SHIM extern "C" __attribute__((visibility("default")))

namespace shim {

// One argument or result of an operator; laid out as TorchSharp.Native.NativeValue.
enum Kind : int64_t { None, Tensor, Integer, Real, Boolean, Integers, Tensors, Text, Device, Generator, OptionalTensors };

struct Value {
    int64_t kind;
    int64_t bits;    // the value, or the address of the first element
    int64_t length;  // elements of a list, bytes of a text, index of a device
};

inline thread_local std::string error;

// Runs body; an exception becomes `failed`, its message waits in `error`.
template <typename Body>
auto guarded(decltype(std::declval<Body>()()) failed, Body&& body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (const c10::Error& e) {
        error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        error = e.what();
    } catch (...) {
        error = "libtorch threw something that is not an exception.";
    }
    return failed;
}

// A tensor crosses as an owning TensorImpl*; null stands for the undefined tensor.
inline at::Tensor borrow(c10::TensorImpl* handle) {
    if (handle == nullptr) {
        return at::Tensor();
    }
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle));
}

inline c10::TensorImpl* release(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

}  // namespace shim
