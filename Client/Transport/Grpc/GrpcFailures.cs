using Grpc.Core;

namespace Federated.Client.Transport.Grpc;

/// <summary>What a gRPC status means to the client: the only place that looks at status codes.</summary>
static class GrpcFailures
{
    public static async Task<T> Translate<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was cancelled.", e, cancellation);
        }
        catch (RpcException e)
        {
            throw ToLink(e);
        }
        // A write after the call has ended is reported this way; the reader sees why it ended.
        catch (InvalidOperationException e)
        {
            throw new LinkException(LinkFailure.Unavailable, "The call has ended.", e);
        }
    }

    public static LinkException ToLink(RpcException e) => new(Classify(e.StatusCode), Sentence(e), e);

    static LinkFailure Classify(StatusCode status) => status switch
    {
        StatusCode.NotFound => LinkFailure.NotFound,
        StatusCode.OutOfRange => LinkFailure.OutOfRange,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.InvalidArgument or StatusCode.FailedPrecondition
            or StatusCode.AlreadyExists or StatusCode.Unimplemented => LinkFailure.Refused,
        _ => LinkFailure.Unavailable,
    };

    static string Sentence(RpcException e) =>
        string.IsNullOrWhiteSpace(e.Status.Detail) ? $"gRPC status {e.StatusCode}." : e.Status.Detail.ReplaceLineEndings(" ");
}
