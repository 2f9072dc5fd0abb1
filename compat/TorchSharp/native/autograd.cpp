// Gradients: switching them on and off, running backward, reading what came out.
#include "shim.h"

#include <vector>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace shim;
using Handle = c10::TensorImpl*;

namespace {

std::vector<at::Tensor> list(const Handle* handles, int count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int i = 0; i < count; ++i)
        tensors.push_back(borrow(handles[i]));
    return tensors;
}

}  // namespace

SHIM bool ft_grad_enabled() { return c10::GradMode::is_enabled(); }
SHIM void ft_set_grad_enabled(bool enabled) { c10::GradMode::set_enabled(enabled); }

SHIM bool ft_requires_grad(Handle handle) { return borrow(handle).requires_grad(); }
SHIM bool ft_is_leaf(Handle handle) { return borrow(handle).is_leaf(); }

SHIM bool ft_set_requires_grad(Handle handle, bool requires_grad) {
    return guarded(false, [&] {
        borrow(handle).requires_grad_(requires_grad);
        return true;
    });
}

SHIM bool ft_retain_grad(Handle handle) {
    return guarded(false, [&] {
        borrow(handle).retain_grad();
        return true;
    });
}

// Null where there is no gradient.
SHIM Handle ft_grad(Handle handle) {
    return guarded(Handle(nullptr), [&] { return release(borrow(handle).grad()); });
}

SHIM bool ft_set_grad(Handle handle, Handle grad) {
    return guarded(false, [&] {
        auto tensor = borrow(handle);
        auto value = borrow(grad);
        TORCH_CHECK(!value.defined() || value.sizes() == tensor.sizes(), "assigned grad has data of a different size: ", value.sizes(), " instead of ", tensor.sizes());
        tensor.mutable_grad() = value;
        return true;
    });
}

SHIM bool ft_backward(const Handle* tensors, int count, const Handle* gradients, int gradient_count, bool retain_graph, bool create_graph, const Handle* inputs, int input_count) {
    return guarded(false, [&] {
        torch::autograd::backward(list(tensors, count), list(gradients, gradient_count), retain_graph, create_graph, list(inputs, input_count));
        return true;
    });
}

// Writes one gradient per input, null where allow_unused found none.
SHIM bool ft_autograd_grad(const Handle* outputs, int count, const Handle* inputs, int input_count, const Handle* gradients, int gradient_count, bool retain_graph, bool create_graph, bool allow_unused, Handle* results) {
    return guarded(false, [&] {
        auto found = torch::autograd::grad(list(outputs, count), list(inputs, input_count), list(gradients, gradient_count), retain_graph, create_graph, allow_unused);
        for (int i = 0; i < input_count; ++i)
            results[i] = release(found[i]);
        return true;
    });
}
