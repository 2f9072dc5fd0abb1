// Any operator of libtorch, by name, through the dispatcher.
#include "shim.h"

#include <memory>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

using namespace shim;
using Stack = std::vector<c10::IValue>;

namespace {

struct Operator {
    c10::OperatorHandle handle;
    std::vector<int> source;  // per schema argument: which of the caller's values, or -1 for the default
    Stack defaults;
};

c10::IValue in(const Value& v) {
    switch (v.kind) {
        case None: return c10::IValue();
        case Tensor: return borrow(reinterpret_cast<c10::TensorImpl*>(v.bits));
        case Integer: return v.bits;
        case Real: { double real; std::memcpy(&real, &v.bits, sizeof real); return real; }
        case Boolean: return v.bits != 0;
        case Integers: {
            auto first = reinterpret_cast<const int64_t*>(v.bits);
            return c10::IValue(c10::IntArrayRef(first, v.length));
        }
        case Tensors: {
            c10::List<at::Tensor> list;
            list.reserve(v.length);
            for (int64_t i = 0; i < v.length; ++i)
                list.push_back(borrow(reinterpret_cast<c10::TensorImpl**>(v.bits)[i]));
            return list;
        }
        case OptionalTensors: {
            c10::List<c10::optional<at::Tensor>> list;
            list.reserve(v.length);
            for (int64_t i = 0; i < v.length; ++i) {
                auto tensor = borrow(reinterpret_cast<c10::TensorImpl**>(v.bits)[i]);
                list.push_back(tensor.defined() ? c10::optional<at::Tensor>(tensor) : c10::nullopt);
            }
            return list;
        }
        case Text: return std::string(reinterpret_cast<const char*>(v.bits), v.length);
        case Device: return c10::Device(static_cast<c10::DeviceType>(v.bits), static_cast<c10::DeviceIndex>(v.length));
        case Generator: return *reinterpret_cast<at::Generator*>(v.bits);
    }
    TORCH_CHECK(false, "unknown kind of argument ", v.kind);
}

void out(c10::IValue&& result, std::vector<Value>& values) {
    if (result.isTensor()) {
        values.push_back({Tensor, reinterpret_cast<int64_t>(release(std::move(result).toTensor())), 0});
    } else if (result.isTensorList()) {
        for (const at::Tensor& tensor : result.toTensorVector())
            values.push_back({Tensor, reinterpret_cast<int64_t>(release(tensor)), 0});
    } else if (result.isDouble()) {
        double real = result.toDouble();
        Value value{Real, 0, 0};
        std::memcpy(&value.bits, &real, sizeof real);
        values.push_back(value);
    } else if (result.isBool()) {
        values.push_back({Boolean, result.toBool(), 0});
    } else if (result.isInt()) {
        values.push_back({Integer, result.toInt(), 0});
    } else {
        TORCH_CHECK(false, "a result of type ", result.tagKind(), " cannot cross to C#");
    }
}

// One stack per thread saves an allocation per call; a nested call (a hook, say) finds it empty and makes its own.
thread_local Stack spare;

Stack call(const Operator& op, const Value* values, int count) {
    Stack stack = std::move(spare);
    stack.clear();
    for (size_t i = 0; i < op.source.size(); ++i) {
        int from = op.source[i];
        if (from >= 0 && from < count)
            stack.push_back(in(values[from]));
        else
            stack.push_back(op.defaults[i]);
    }
    op.handle.callBoxed(stack);
    return stack;
}

void keep(Stack&& stack) {
    stack.clear();
    spare = std::move(stack);
}

}  // namespace

SHIM const char* ft_error() { return error.c_str(); }

// Binds the caller's argument names to the schema's; a name that ends in '?' may be absent from it. Lives as long as the process.
SHIM const Operator* ft_operator(const char* name, const char* overload, const char* const* names, int count) {
    return guarded(static_cast<const Operator*>(nullptr), [&]() -> const Operator* {
        auto op = std::make_unique<Operator>(Operator{c10::Dispatcher::singleton().findSchemaOrThrow(name, overload), {}, {}});
        const auto& arguments = op->handle.schema().arguments();
        op->source.assign(arguments.size(), -1);
        for (int i = 0; i < count; ++i) {
            std::string wanted = names[i];
            bool optional = !wanted.empty() && wanted.back() == '?';
            if (optional)
                wanted.pop_back();
            bool found = false;
            for (size_t a = 0; a < arguments.size(); ++a)
                if (arguments[a].name() == wanted)
                    op->source[a] = i, found = true;
            TORCH_CHECK(found || optional, name, ".", overload, " has no argument '", wanted, "' in this libtorch: ", op->handle.schema());
        }
        for (const auto& argument : arguments)
            op->defaults.push_back(argument.default_value().has_value() ? *argument.default_value() : c10::IValue());
        return op.release();
    });
}

SHIM bool ft_operator_exists(const char* name, const char* overload) {
    return guarded(false, [&] { return c10::Dispatcher::singleton().findSchema({name, overload}).has_value(); });
}

// The first result, which must be a tensor; null when the operator failed.
SHIM c10::TensorImpl* ft_call(const Operator* op, const Value* values, int count) {
    return guarded(static_cast<c10::TensorImpl*>(nullptr), [&] {
        Stack stack = call(*op, values, count);
        c10::TensorImpl* result = release(std::move(stack.at(0)).toTensor());
        keep(std::move(stack));
        TORCH_CHECK(result != nullptr, op->handle.schema().name(), " returned an undefined tensor");
        return result;
    });
}

// For in-place operators, whose result the caller already holds.
SHIM bool ft_run(const Operator* op, const Value* values, int count) {
    return guarded(false, [&] {
        keep(call(*op, values, count));
        return true;
    });
}

// All results, lists flattened, in a buffer of this thread that the next call of ft_call_many overwrites; -1 when the operator failed.
SHIM int ft_call_many(const Operator* op, const Value* values, int count, const Value** results) {
    static thread_local std::vector<Value> buffer;
    return guarded(-1, [&] {
        Stack stack = call(*op, values, count);
        buffer.clear();
        for (auto& result : stack)
            out(std::move(result), buffer);
        keep(std::move(stack));
        *results = buffer.data();
        return static_cast<int>(buffer.size());
    });
}
