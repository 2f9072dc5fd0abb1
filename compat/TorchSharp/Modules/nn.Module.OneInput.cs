namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module whose forward takes one argument.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T input);

            public TResult call(T input) => HasHooks ? CallWithHooks(input) : forward(input);

            TResult CallWithHooks(T input)
            {
                Before();
                foreach (var hook in pre_hooks.Values)
                {
                    if (hook(this, input) is { } modified)
                        input = modified;
                }
                var result = forward(input);
                foreach (var hook in post_hooks.Values)
                {
                    if (hook(this, input, result) is { } modified)
                        result = modified;
                }
                After();
                return result;
            }
        }
    }
}
