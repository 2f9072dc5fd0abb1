// Operations whose backward is the caller's own: a node of the graph that calls back.
#include "shim.h"

#include <memory>
#include <stdexcept>
#include <vector>

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

using namespace shim;
using Handle = c10::TensorImpl*;
using torch::autograd::Node;
using torch::autograd::variable_list;

namespace {

// Gets the output's gradient; names each input's through ft_function_gradient. False: it failed.
using Backward = bool (*)(intptr_t key, Handle gradient, void* results);
using Release = void (*)(intptr_t key);

struct CallbackNode : Node {
    intptr_t key;
    size_t inputs;
    Backward backward;
    Release release_key;

    variable_list apply(variable_list&& gradients) override {
        variable_list results(inputs);
        if (!gradients[0].defined()) {
            return results;
        }
        // The callback owns the reference it is given.
        if (!backward(key, release(gradients[0]), &results)) {
            throw std::runtime_error("The backward function of a custom operation failed; its own exception says why.");
        }
        return results;
    }

    ~CallbackNode() override { release_key(key); }
};

}  // namespace

// Makes `output`, computed without a graph, the result of an operation on `inputs`. The node owns `key` until it calls `release_key`.
SHIM bool ft_function(const Handle* inputs, int count, Handle output, intptr_t key, Backward backward, Release release_key) {
    return guarded(false, [&] {
        auto node = std::shared_ptr<CallbackNode>(new CallbackNode(), torch::autograd::deleteNode);
        node->key = key;
        node->inputs = count;
        node->backward = backward;
        node->release_key = release_key;
        variable_list variables;
        for (int i = 0; i < count; ++i) {
            variables.push_back(borrow(inputs[i]));
        }
        node->set_next_edges(torch::autograd::collect_next_edges(variables));
        auto result = borrow(output);
        torch::autograd::set_history(result, node);
        return true;
    });
}

// Called from within a backward callback.
SHIM void ft_function_gradient(void* results, int input, Handle gradient) { (*static_cast<variable_list*>(results))[input] = borrow(gradient); }
