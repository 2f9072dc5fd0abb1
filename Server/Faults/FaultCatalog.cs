using System.Collections.Frozen;
using Grpc.Core;

namespace Federated.Server.Faults;

/// <summary>
/// The only place that knows gRPC status codes and HTTP statuses. docs/errors.md is this table in words; a test keeps them equal.
/// A code, once released, is never reused for something else.
/// </summary>
static class FaultCatalog
{
    public static IReadOnlyList<FaultDescription> All { get; } =
    [
        new(Fault.RunNotFound, "F101", StatusCode.NotFound, 404, "No such run"),
        new(Fault.RoundClosed, "F102", StatusCode.FailedPrecondition, 409, "The round is closed"),
        new(Fault.RunExists, "F103", StatusCode.AlreadyExists, 409, "The run exists already"),
        new(Fault.RunEnded, "F104", StatusCode.FailedPrecondition, 409, "The run has ended"),
        new(Fault.TooFewUpdates, "F105", StatusCode.Aborted, 409, "Too few updates for the round"),
        new(Fault.FoldFailed, "F106", StatusCode.Internal, 500, "The updates could not be combined"),
        new(Fault.AttemptsExhausted, "F107", StatusCode.Aborted, 409, "The round failed too often"),
        new(Fault.VersionNotFound, "F108", StatusCode.NotFound, 404, "No such adapter version"),
        new(Fault.EvaluationNotWanted, "F109", StatusCode.FailedPrecondition, 409, "The evaluation is not wanted"),
        new(Fault.RoundUnderWay, "F110", StatusCode.FailedPrecondition, 409, "A round is under way"),
        new(Fault.NotDiagnosed, "F111", StatusCode.FailedPrecondition, 409, "The round has no full diagnostics"),
        new(Fault.RoundNotFound, "F130", StatusCode.NotFound, 404, "No such round"),
        new(Fault.NoPeftFolder, "F131", StatusCode.FailedPrecondition, 409, "The version has no peft folder"),
        new(Fault.BudgetExhausted, "F140", StatusCode.FailedPrecondition, 409, "The privacy budget is spent"),

        new(Fault.AssignmentUnknown, "F201", StatusCode.NotFound, 404, "No such assignment"),
        new(Fault.AnotherDigest, "F202", StatusCode.AlreadyExists, 409, "Another update was accepted"),
        new(Fault.UpdateLate, "F203", StatusCode.FailedPrecondition, 409, "The update is late"),
        new(Fault.UpdateSurplus, "F204", StatusCode.FailedPrecondition, 409, "The update is surplus"),
        new(Fault.UpdateSuperseded, "F205", StatusCode.FailedPrecondition, 409, "The assignment was superseded"),
        new(Fault.HeaderMalformed, "F206", StatusCode.InvalidArgument, 400, "The update's header cannot be read"),
        new(Fault.HeaderMismatch, "F207", StatusCode.InvalidArgument, 400, "The update's header does not match the assignment"),
        new(Fault.TensorsMismatch, "F208", StatusCode.InvalidArgument, 400, "The update's tensors do not match the schema"),
        new(Fault.UpdateSizeMismatch, "F209", StatusCode.InvalidArgument, 400, "The update has the wrong size"),
        new(Fault.UpdateNotFinite, "F210", StatusCode.InvalidArgument, 400, "The update is not finite"),
        new(Fault.UpdateNormTooLarge, "F211", StatusCode.InvalidArgument, 400, "The update's norm is too large"),
        new(Fault.ChunkOutOfOrder, "F212", StatusCode.InvalidArgument, 400, "A chunk is out of order"),
        new(Fault.ChunkTooLarge, "F213", StatusCode.InvalidArgument, 400, "A chunk is too large"),
        new(Fault.UpdateDigestMismatch, "F214", StatusCode.DataLoss, 422, "The bytes do not have the announced digest"),
        new(Fault.UploadStalled, "F215", StatusCode.DeadlineExceeded, 408, "The upload stalled"),
        new(Fault.TooManyUploads, "F216", StatusCode.ResourceExhausted, 429, "Too many uploads at once"),
        new(Fault.SamplesMissing, "F217", StatusCode.InvalidArgument, 400, "The update states no samples"),
        new(Fault.TrustContradicted, "F240", StatusCode.InvalidArgument, 400, "The message says more than the trust mode allows"),

        new(Fault.TokenRefused, "F301", StatusCode.Unauthenticated, 401, "The token is refused"),
        new(Fault.ProtocolVersion, "F302", StatusCode.FailedPrecondition, 409, "The protocol versions differ"),
        new(Fault.NotInvited, "F303", StatusCode.PermissionDenied, 403, "The client is not invited"),
        new(Fault.BaseDiffers, "F304", StatusCode.FailedPrecondition, 409, "The base model differs"),
        new(Fault.SchemaDiffers, "F305", StatusCode.FailedPrecondition, 409, "The adapter schema differs"),
        new(Fault.ClientIdInvalid, "F306", StatusCode.InvalidArgument, 400, "The client id is invalid"),
        new(Fault.MessageUnexpected, "F307", StatusCode.InvalidArgument, 400, "The message is not expected here"),
        new(Fault.TooManyClients, "F308", StatusCode.ResourceExhausted, 429, "Too many clients"),
        new(Fault.NotJoined, "F309", StatusCode.FailedPrecondition, 409, "The client has not joined the run"),
        new(Fault.CapabilityMissing, "F310", StatusCode.FailedPrecondition, 409, "The client lacks a capability"),
        new(Fault.ClientSilent, "F311", StatusCode.DeadlineExceeded, 408, "The client is silent"),
        new(Fault.OutboundQueueFull, "F312", StatusCode.ResourceExhausted, 429, "The client does not read"),
        new(Fault.FieldTooLarge, "F313", StatusCode.InvalidArgument, 400, "A field is too large"),

        new(Fault.KeyMissing, "F360", StatusCode.Unauthenticated, 401, "An API key is needed"),
        new(Fault.KeyRefused, "F361", StatusCode.Unauthenticated, 401, "The API key is refused"),
        new(Fault.RoleMissing, "F362", StatusCode.PermissionDenied, 403, "The role does not allow this"),
        new(Fault.OriginForeign, "F363", StatusCode.PermissionDenied, 403, "The request comes from elsewhere"),
        new(Fault.RateExceeded, "F364", StatusCode.ResourceExhausted, 429, "Too many requests"),
        new(Fault.JoinTokenRefused, "F365", StatusCode.Unauthenticated, 401, "The join token is refused"),
        new(Fault.SigningRequestRefused, "F366", StatusCode.InvalidArgument, 400, "The signing request is refused"),
        new(Fault.CertificateRefused, "F367", StatusCode.Unauthenticated, 401, "The client certificate is refused"),
        new(Fault.ClientRevoked, "F368", StatusCode.PermissionDenied, 403, "The client is revoked"),
        new(Fault.ClientNotFound, "F369", StatusCode.NotFound, 404, "No such client"),
        new(Fault.ClientNotApproved, "F370", StatusCode.PermissionDenied, 403, "The client waits for approval"),
        new(Fault.KeyNotFound, "F371", StatusCode.NotFound, 404, "No such key or token"),
        new(Fault.IdempotencyConflict, "F372", StatusCode.AlreadyExists, 409, "The idempotency key is in use"),
        new(Fault.AnswerNotKept, "F373", StatusCode.AlreadyExists, 409, "The request was carried out before"),
        new(Fault.RouteNotFound, "F374", StatusCode.NotFound, 404, "No such address"),
        new(Fault.MethodNotAllowed, "F375", StatusCode.InvalidArgument, 405, "The method is not allowed"),
        new(Fault.BodyTooLarge, "F376", StatusCode.InvalidArgument, 413, "The request's body is too large"),
        new(Fault.RequestTooSlow, "F377", StatusCode.DeadlineExceeded, 408, "The request is too slow"),
        new(Fault.StreamsExhausted, "F378", StatusCode.ResourceExhausted, 429, "Too many event streams"),
        new(Fault.TlsFolderUnusable, "F379", StatusCode.FailedPrecondition, 503, "The certificates cannot be used"),
        new(Fault.PlaintextRefused, "F380", StatusCode.FailedPrecondition, 503, "Plaintext outside loopback"),
        new(Fault.DashboardNotBuilt, "F390", StatusCode.NotFound, 404, "The dashboard was not built"),

        new(Fault.DiskFull, "F401", StatusCode.Unavailable, 507, "The disk is full"),
        new(Fault.StoreUnavailable, "F402", StatusCode.Unavailable, 503, "The store is unavailable"),
        new(Fault.BlobDigestMismatch, "F403", StatusCode.DataLoss, 422, "The body does not have the digest"),
        new(Fault.BlobTooLarge, "F404", StatusCode.InvalidArgument, 413, "The blob is too large"),
        new(Fault.BlobNotFound, "F405", StatusCode.NotFound, 404, "No such blob"),
        new(Fault.OffsetBeyondBlob, "F406", StatusCode.OutOfRange, 416, "The offset is beyond the blob"),
        new(Fault.BlobCorrupt, "F407", StatusCode.DataLoss, 500, "A stored blob is corrupt"),
        new(Fault.DataFolderLocked, "F408", StatusCode.Unavailable, 503, "The data folder is in use"),
        new(Fault.DatabaseTooNew, "F409", StatusCode.FailedPrecondition, 503, "The database is newer than this program"),
        new(Fault.RunDamaged, "F410", StatusCode.DataLoss, 500, "The run's record is damaged"),
        new(Fault.SpoolCorrupt, "F411", StatusCode.DataLoss, 500, "A stored update is corrupt"),
        new(Fault.DatabaseCorrupt, "F412", StatusCode.DataLoss, 503, "The database is corrupt"),
        new(Fault.DatabaseLocked, "F413", StatusCode.Unavailable, 503, "The database is locked"),
        new(Fault.DataFolderReadOnly, "F414", StatusCode.Unavailable, 503, "The data folder cannot be written"),
        new(Fault.SpoolQuota, "F415", StatusCode.Unavailable, 507, "Updates take all the space they may"),
        new(Fault.UpdatesGone, "F416", StatusCode.FailedPrecondition, 409, "The round's updates are gone"),
        new(Fault.BackupDamaged, "F417", StatusCode.DataLoss, 422, "The backup is damaged"),
        new(Fault.RestoreTargetTaken, "F418", StatusCode.FailedPrecondition, 409, "The data folder is not empty"),
        new(Fault.SecretLost, "F488", StatusCode.DataLoss, 500, "A run's secret is lost"),

        new(Fault.Unexpected, "F500", StatusCode.Internal, 500, "The server failed unexpectedly"),
        new(Fault.UnknownKey, "F501", StatusCode.InvalidArgument, 400, "Unknown key"),
        new(Fault.ValueInvalid, "F502", StatusCode.InvalidArgument, 400, "A value is out of its range"),
        new(Fault.StrategyRefused, "F503", StatusCode.InvalidArgument, 400, "The strategy is refused"),
        new(Fault.SpecAltered, "F504", StatusCode.FailedPrecondition, 409, "The run's specification was altered"),
        new(Fault.PortTaken, "F505", StatusCode.Unavailable, 503, "The port is taken"),
        new(Fault.JsonMalformed, "F507", StatusCode.InvalidArgument, 400, "The JSON cannot be read"),
        new(Fault.BlobsDoNotFit, "F508", StatusCode.InvalidArgument, 422, "The run's blobs do not fit together"),
        new(Fault.RequestMalformed, "F509", StatusCode.InvalidArgument, 400, "The request cannot be read"),
        new(Fault.PrivacyRefused, "F544", StatusCode.InvalidArgument, 400, "The privacy settings are refused"),
    ];

    static readonly FrozenDictionary<Fault, FaultDescription> ByFault = All.ToFrozenDictionary(d => d.Fault);

    public static FaultDescription Of(Fault fault) => ByFault[fault];

    /// <summary>The detail of a gRPC status begins with the code, so that a client of any language can act on it.</summary>
    public static RpcException ToRpc(Refusal refusal)
    {
        var description = Of(refusal.Fault);
        return new RpcException(new Status(description.Grpc, $"{description.Code}: {refusal.Message}"));
    }

    /// <summary>A call that nobody refused: the server stops, so that the client may try again, or the client went away.</summary>
    public static RpcException ToRpcEnded(bool serverStops) => serverStops
        ? new RpcException(new Status(StatusCode.Unavailable, $"{Of(Fault.StoreUnavailable).Code}: The server is stopping."))
        : new RpcException(new Status(StatusCode.Cancelled, "The call was ended."));

    /// <summary>RFC 9457. The detail is for people; the code is stable.</summary>
    public static IResult ToProblem(Refusal refusal)
    {
        var description = Of(refusal.Fault);
        return Results.Problem(
            type: $"docs/errors.md#{Anchor(description)}",
            title: description.Title,
            statusCode: description.Http,
            detail: refusal.Message,
            extensions: new Dictionary<string, object?> { ["code"] = description.Code });
    }

    /// <summary>The heading's anchor in docs/errors.md, as Markdown renderers make it.</summary>
    public static string Anchor(FaultDescription description) =>
        string.Concat($"{description.Code} {description.Title}".ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-');

    /// <summary>What a remote caller may know of a failure that nobody expected: that it happened.</summary>
    public static Refusal ToRefusal(Exception exception) => exception switch
    {
        FaultException fault => fault.Refusal,
        IOException io when Storage.DiskErrors.IsFull(io) => new(Fault.DiskFull, "The server's disk is full."),
        UnauthorizedAccessException => new(Fault.DataFolderReadOnly, "The server's data folder cannot be written."),
        IOException io when Storage.DiskErrors.IsReadOnly(io) => new(Fault.DataFolderReadOnly, "The server's data folder cannot be written."),
        IOException => new(Fault.StoreUnavailable, "The server's storage failed; its log says how."),
        _ => new(Fault.Unexpected, "The server failed unexpectedly; its log says how."),
    };
}
