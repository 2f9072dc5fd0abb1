using System.Reflection;
using Compat.Grpc.Tests.Host;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace Compat.Grpc.Tests.Api;

public sealed class OfficialApiTests
{
    // Three assemblies of ours, six of grpc-dotnet.
    static readonly Assembly[] Assemblies = [.. new[]
    {
        typeof(Metadata), typeof(ICompressionProvider), typeof(GrpcChannel), typeof(GrpcServiceOptions), typeof(HealthServiceImpl), typeof(GrpcHealthChecksOptions),
    }.Select(type => type.Assembly).Distinct()];

    public static TheoryData<string> Lists => ["Grpc.Core.Api", "Grpc.Net.Client", "Grpc.AspNetCore"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void PublicSurface_EveryMember_IsOfficialAndListed(string name)
    {
        var surface = Assemblies.Where(assembly => assembly.GetName().Name == name).SelectMany(ApiSurface.Of);
        Assert.Empty(PackageSet.Pick(surface, []).Except(Listed(name)));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void OfficialList_EveryLine_Exists(string name)
    {
        Assert.NotEmpty(Listed(name));
        Assert.Empty(Listed(name).Except(Assemblies.SelectMany(ApiSurface.Of)));
    }

    static string[] Listed(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", $"{name}.txt")).Where(line => line.Length > 0 && line[0] != '#')];
}
