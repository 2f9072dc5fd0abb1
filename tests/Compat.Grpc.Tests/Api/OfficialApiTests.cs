using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;

namespace Compat.Grpc.Tests.Api;

public sealed class OfficialApiTests
{
    public static TheoryData<string> Assemblies => ["Grpc.Core.Api", "Grpc.Net.Client", "Grpc.AspNetCore"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void PublicSurface_EveryMember_IsOfficialAndListed(string name)
    {
        Assert.Empty(ApiSurface.Of(Find(name)).Except(Listed(name)));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void OfficialList_EveryLine_ExistsInTheAssembly(string name)
    {
        Assert.NotEmpty(Listed(name));
        Assert.Empty(Listed(name).Except(ApiSurface.Of(Find(name))));
    }

    static Assembly Find(string name) =>
        new[] { typeof(Metadata), typeof(GrpcChannel), typeof(GrpcServiceOptions) }.Select(type => type.Assembly).Single(assembly => assembly.GetName().Name == name);

    static string[] Listed(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "official", $"{name}.txt")).Where(line => line.Length > 0 && line[0] != '#')];
}
