using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Disposes, when it is disposed, every tensor that its thread made while it was the innermost scope.</summary>
public sealed class DisposeScope : IDisposable
{
    DisposeScopeManager? _manager;
    HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer)
    {
        _manager = manager;
        OuterScope = outer;
    }

    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            _ = Manager;
            return [.. _disposables];
        }
    }

    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return _disposables.Count;
        }
    }

    internal DisposeScope? OuterScope { get; set; }

    DisposeScopeManager Manager => _manager ?? throw new ObjectDisposedException(typeof(DisposeScope).FullName);

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        if (scope is null)
            return Detach(disposable);
        _ = Manager;
        if (_disposables.Remove(disposable))
            scope.Adopt(disposable);
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther(scope, disposable);
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        var counts = Manager.Counts.TensorStatistics;
        if (_disposables.Remove(disposable))
        {
            counts.DetachedFromScopeCount++;
            TensorOf(disposable).OwningDisposeScope = null;
        }
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (Detach(first), Detach(second));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            Detach(disposable);
    }

    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var counts = Manager.Counts.TensorStatistics;
        var attached = disposables.ToList();
        foreach (var disposable in attached.Where(d => TensorOf(d).OwningDisposeScope != this))
        {
            TensorOf(disposable).OwningDisposeScope?._disposables.Remove(disposable);
            Adopt(disposable);
            counts.AttachedToScopeCount++;
        }
        return attached;
    }

    public void DisposeEverything() => DisposeEverythingBut((IEnumerable<IDisposable>)[]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        var doomed = _disposables;
        _disposables = new(ReferenceEqualityComparer.Instance);
        foreach (var kept in inKeep)
            _disposables.Add(kept);
        foreach (var disposable in doomed)
        {
            if (!_disposables.Contains(disposable))
                disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    public void Dispose()
    {
        if (_manager is null)
            return;
        DisposeEverything();
        _manager.Close(this);
        _manager = null;
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        _disposables.Remove(disposable);
        TensorOf(disposable).OwningDisposeScope = null;
    }

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    internal void Adopt(IDisposable disposable)
    {
        _disposables.Add(disposable);
        TensorOf(disposable).OwningDisposeScope = this;
    }

    static Tensor TensorOf(IDisposable disposable) => disposable as Tensor ?? throw new InvalidOperationException("DisposeScope can only manage Tensor.");
}
