using System.Globalization;
using Federated.Server.Faults;
using Federated.Server.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Federated.Server.Operator;

/// <summary>The OpenAPI 3.1 document: each route with the role it needs, the codes it refuses with, and the idempotency key.</summary>
static class RestDescription
{
    public const string Name = "v1";
    const string Scheme = "apiKey";

    /// <summary>What any route may refuse with, beside its own; and a route for a role, in addition.</summary>
    public static IReadOnlyList<Fault> Everywhere { get; } = [Fault.OriginForeign, Fault.RateExceeded];
    public static IReadOnlyList<Fault> WithRole { get; } = [Fault.KeyMissing, Fault.KeyRefused, Fault.RoleMissing];

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Federated", Version = "1", Description = "Coordinator of federated parameter-efficient fine-tuning. Refusals are problem+json with a stable code, see docs/errors.md.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An operator's API key." },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteRule>().FirstOrDefault() is { } rule)
                Describe(operation, rule, context.Description.HttpMethod ?? "GET", context.Document);
            return Task.CompletedTask;
        });
    }

    /// <summary>Every fault that a route documents.</summary>
    public static IEnumerable<Fault> FaultsOf(RouteRule rule) =>
        rule.Refusals.Concat(Everywhere).Concat(WithRole.Where(f => Applies(f, rule))).Distinct();

    // Nobody with a key lacks the role of a viewer; only a limit to runs could stop him.
    static bool Applies(Fault fault, RouteRule rule) =>
        rule.Role != Role.Anyone && !(fault == Fault.RoleMissing && rule is { Role: Role.Viewer, OpenToLimitedKeys: true });

    static void Describe(OpenApiOperation operation, RouteRule rule, string method, OpenApiDocument? document)
    {
        operation.Description = rule.Role == Role.Anyone ? "Needs no key." : $"Needs the role {rule.Role.ToString().ToLowerInvariant()}.";
        if (rule.Role != Role.Anyone)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        if (HttpMethods.IsPost(method) && !rule.AuditsItself)
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = "Idempotency-Key", In = ParameterLocation.Header, Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyKeys.MaxKeyLength },
                Description = "Sent again with the same key, the request is not carried out again but answered as before.",
            });
        operation.Responses ??= [];
        var all = FaultsOf(rule).Concat(HttpMethods.IsPost(method) && !rule.AuditsItself ? [Fault.IdempotencyConflict, .. rule.AnswersSecret ? [Fault.AnswerNotKept] : (Fault[])[]] : []);
        foreach (var group in all.Distinct().Select(FaultCatalog.Of).GroupBy(d => d.Http).OrderBy(g => g.Key))
        {
            operation.Responses[group.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", group.OrderBy(d => d.Code, StringComparer.Ordinal).Select(d => $"{d.Code} {d.Title}")),
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new OpenApiMediaType { Schema = Problem() } },
            };
        }
    }

    static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "type", "title", "status", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^F[0-9]{3}$" },
        },
    };
}
