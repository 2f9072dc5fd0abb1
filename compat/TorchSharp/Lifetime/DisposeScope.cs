using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Disposes, when it is disposed, every tensor that its thread made while it was the innermost scope.</summary>
public sealed class DisposeScope : IDisposable
{
    /// <summary>Each tensor knows its slot, so that giving one up is a swap with the last: scopes see every operator's result.</summary>
    readonly List<Tensor> _tensors = [];
    DisposeScopeManager? _manager;

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
            return [.. _tensors];
        }
    }

    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return _tensors.Count;
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
        if (Release(disposable))
            scope.Adopt(TensorOf(disposable));
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
        if (Release(disposable))
            counts.DetachedFromScopeCount++;
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
        foreach (var tensor in attached.Select(TensorOf).Where(tensor => tensor.OwningDisposeScope != this))
        {
            tensor.OwningDisposeScope?.Release(tensor);
            Adopt(tensor);
            counts.AttachedToScopeCount++;
        }
        return attached;
    }

    public void DisposeEverything() => DisposeEverythingBut((IEnumerable<IDisposable>)[]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        var kept = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        for (var i = _tensors.Count - 1; i >= 0; i--)
        {
            if (kept.Count == 0 || !kept.Contains(_tensors[i]))
                _tensors[i].Dispose();
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

    public void MarkAsDisposed(IDisposable disposable) => Release(disposable);

    public bool Contains(IDisposable disposable) => TensorOf(disposable).OwningDisposeScope == this;

    internal void Adopt(Tensor tensor)
    {
        tensor.OwningDisposeScope = this;
        tensor.ScopeSlot = _tensors.Count;
        _tensors.Add(tensor);
    }

    bool Release(IDisposable disposable)
    {
        var tensor = TensorOf(disposable);
        if (tensor.OwningDisposeScope != this)
            return false;
        tensor.OwningDisposeScope = null;
        var last = _tensors[^1];
        _tensors[tensor.ScopeSlot] = last;
        last.ScopeSlot = tensor.ScopeSlot;
        _tensors.RemoveAt(_tensors.Count - 1);
        return true;
    }

    static Tensor TensorOf(IDisposable disposable) => disposable as Tensor ?? throw new InvalidOperationException("DisposeScope can only manage Tensor.");
}
