using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <content>What a module holds, itself and below; a tensor shared by two modules is listed once.</content>
        public partial class Module
        {
            public virtual IEnumerable<(string name, Module module)> named_children() => _modulesByName.Select(pair => (pair.Key, pair.Value));

            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            public virtual IEnumerable<(string name, Module module)> named_modules() => named_children()
                .Concat(named_children().SelectMany(child => child.module.named_modules().Select(below => ($"{child.name}.{below.name}", below.module))));

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var own = _parametersByName.Select(pair => (name: pair.Key, parameter: pair.Value));
                var below = !recurse ? [] : named_children().SelectMany(child => child.module.named_parameters(true).Select(p => (name: $"{child.name}.{p.name}", p.parameter)));
                return own.Concat(below).Where(p => !p.parameter.IsInvalid).DistinctBy(p => p.parameter.handle);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = _buffersByName.Where(pair => include_nonpersistent || pair.Value.Persistent).Select(pair => (name: pair.Key, buffer: pair.Value.Buffer));
                var below = !recurse ? [] : named_children().SelectMany(child => child.module.named_buffers(true, include_nonpersistent).Select(b => (name: $"{child.name}.{b.name}", b.buffer)));
                return own.Concat(below).Where(b => !b.buffer.IsInvalid).DistinctBy(b => b.buffer.handle);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual Parameter? get_parameter(string target) =>
                _parametersByName.TryGetValue(target, out var parameter) ? parameter : Below(target, (module, rest) => module.get_parameter(rest));

            public virtual Tensor? get_buffer(string target) =>
                _buffersByName.TryGetValue(target, out var entry) ? entry.Buffer : Below(target, (module, rest) => module.get_buffer(rest));

            T? Below<T>(string target, Func<Module, string, T?> find)
                where T : class
            {
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                if (dot < 0)
                    return null;
                return named_children().Where(child => child.name == target[..dot]).Select(child => find(child.module, target[(dot + 1)..])).FirstOrDefault(found => found is not null);
            }
        }
    }
}
