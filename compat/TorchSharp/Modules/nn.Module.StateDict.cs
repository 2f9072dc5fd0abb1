namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <content>All parameters and persistent buffers by name.</content>
        public partial class Module
        {
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var before = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (key, parameter) in named_parameters())
                    destination.TryAdd(before + key, parameter);
                foreach (var (key, buffer) in named_buffers(include_nonpersistent: false))
                    destination.TryAdd(before + key, buffer);
                foreach (var (key, module) in named_children())
                    module.state_dict(destination, before + key);
                return destination;
            }

            /// <summary>Copies the values in; strict refuses, before anything is changed, names that one side lacks.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                var wanted = source.Keys.Where(key => skip?.Contains(key) != true).ToList();
                var unexpected = wanted.Where(key => !destination.ContainsKey(key)).ToList();
                var missing = destination.Keys.Where(key => skip?.Contains(key) != true && !source.ContainsKey(key)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException($"The loaded state_dict is not identical to the target dictionary. Missing: [{string.Join(", ", missing)}]; unexpected: [{string.Join(", ", unexpected)}].");
                using (no_grad())
                {
                    foreach (var key in wanted.Where(destination.ContainsKey))
                        destination[key].copy_(source[key]);
                }
                return (missing, unexpected);
            }
        }
    }
}
