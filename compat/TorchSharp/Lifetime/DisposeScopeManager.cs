using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The dispose scopes of one thread and what became of its tensors.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    static DisposeScopeManager? _current;

    public static ThreadDisposeScopeStatistics Statistics => Current.Counts;

    internal static DisposeScopeManager Current => _current ??= new();

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal DisposeScope? Innermost { get; private set; }

    internal DisposeScope Open() => Innermost = new(this, Innermost);

    internal void Register(Tensor tensor)
    {
        if (Innermost is null)
        {
            Counts.TensorStatistics.CreatedOutsideScopeCount++;
            return;
        }
        Counts.TensorStatistics.CreatedInScopeCount++;
        Innermost.Adopt(tensor);
    }

    internal void Disposing(Tensor tensor)
    {
        if (tensor.OwningDisposeScope is { } scope)
        {
            Counts.TensorStatistics.DisposedInScopeCount++;
            scope.MarkAsDisposed(tensor);
        }
        else
        {
            Counts.TensorStatistics.DisposedOutsideScopeCount++;
        }
    }

    /// <summary>Scopes are usually closed inside out; one closed early is cut out of the chain.</summary>
    internal void Close(DisposeScope closed)
    {
        if (Innermost == closed)
        {
            Innermost = closed.OuterScope;
            return;
        }
        for (var scope = Innermost; scope is not null; scope = scope.OuterScope)
        {
            if (scope.OuterScope == closed)
                scope.OuterScope = closed.OuterScope;
        }
    }
}
