using TorchSharp.Tests.Oracle;

// libtorch's default generator belongs to the process, and one oracle process answers for every class.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(OracleAnswers))]
