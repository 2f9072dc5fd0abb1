namespace Federated.Client.Tests.Support;

/// <summary>Tests of what the whole process takes: nothing else may run in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "whole process";
}
