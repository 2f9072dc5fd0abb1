namespace Federated.Server.Operator.Views;

/// <summary>An API key without its secret.</summary>
sealed record KeyView(string Id, string Name, string Role, IReadOnlyList<string>? Runs, string CreatedBy, long CreatedMs, long ExpiresMs, long? RevokedMs);

/// <summary>A new API key; the only time that it is shown.</summary>
sealed record NewKey(string Id, string Name, string Role, long ExpiresMs, string Key);

/// <summary>An invitation without its secret. State: open, used, expired or revoked.</summary>
sealed record JoinTokenView(string Id, string Client, string State, string CreatedBy, long CreatedMs, long ExpiresMs);

/// <summary>A new invitation; the only time that it is shown.</summary>
sealed record NewJoinToken(string Id, string Client, long ExpiresMs, string Token);

/// <summary>Who the server takes the caller for.</summary>
sealed record SessionView(string Name, string Role, IReadOnlyList<string>? Runs);

/// <summary>Of the server.</summary>
sealed record HealthView(string Status, int GrpcPort, string Version);

/// <summary>A client's certificate and the authority that it and the server's are under, in PEM.</summary>
sealed record EnrolledView(string Client, string Certificate, string Authority);
