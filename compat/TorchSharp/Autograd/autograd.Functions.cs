using TorchSharp.Autograd;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Operations with a backward function of their own.</content>
    public static partial class autograd
    {
        /// <summary>What a forward function leaves for its backward function.</summary>
        public class AutogradContext
        {
            readonly Dictionary<string, object> _data = [];

            internal AutogradContext()
            {
            }

            public void save_data(string key, object value) => _data[key] = value;

            public object? get_data(string key) => _data.GetValueOrDefault(key);
        }

        public abstract class Function<T> where T : Function<T>, new()
        {
            internal static T Instance { get; } = new();

            public abstract string Name { get; }
        }

        /// <summary>An operation with one result, which must be memory of its own. Its gradients are in the order of the arguments, null for what is no tensor.</summary>
        public abstract class SingleTensorFunction<T> : Function<T> where T : SingleTensorFunction<T>, new()
        {
            public static Tensor apply(params object[] vars)
            {
                var context = new AutogradContext();
                Tensor result;
                using (no_grad())
                    result = Instance.forward(context, vars);
                int[] places = [.. Enumerable.Range(0, vars.Length).Where(i => vars[i] is Tensor)];
                Tensor[] inputs = [.. places.Select(i => (Tensor)vars[i])];
                if (is_grad_enabled() && inputs.Any(i => i.requires_grad))
                    FunctionNode.Attach(inputs, result, gradient => Among(Instance.backward(context, gradient), places));
                return result;
            }

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            static Tensor?[] Among(List<Tensor> gradients, int[] places) => [.. places.Select(i => gradients[i])];
        }
    }
}
