using System.CommandLine;
using System.Globalization;
using Federated.Aggregators.Strategies;
using Federated.Cli.Aggregation;
using Federated.Cli.Terminal;

namespace Federated.Cli.Commands;

/// <summary><c>federated aggregate</c>: combines peft adapters without a server.</summary>
static class AggregateCommand
{
    static readonly Option<bool> List = new("--list") { Description = "Print every strategy with what it can do." };
    static readonly Option<string?> Strategy = new("--strategy") { Description = "A bundle or a strategy, see --list." };
    static readonly Option<string[]> Clients = new("--client") { Description = "Peft folder of one client and its weight: DIR or DIR:WEIGHT.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    static readonly Option<string?> Previous = new("--previous") { Description = "Peft folder that the clients started from; zeros when absent." };
    static readonly Option<string?> State = new("--state") { Description = "strategy_state.safetensors of the round before: momentum, squares, control variates." };
    static readonly Option<string[]> Set = new("--set") { Description = "key=value: an option of the strategy, PART=NAME, or PART.OPTION (parts: weigher, product, affine, opaque, seed_trace, server_optimiser).", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    static readonly Option<string?> Output = new("--out") { Description = "Folder for the combined adapter and report.json." };
    static readonly Option<long> Round = new("--round") { Description = "Number of the round, for rules that alternate." };
    static readonly Option<string> Residual = new("--residual") { Description = "Where what a rule puts into the base goes: appended (as rank of the adapter) or beside (an adapter of its own in OUT/residual).", DefaultValueFactory = _ => "appended" };
    static readonly Option<int> Threads = new("--threads") { Description = "1 to 256; changes no bit of the result.", DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, 256) };

    public static Command Create()
    {
        var command = new Command("aggregate", "Combine peft adapters, with the code that the coordinator runs.") { List, Strategy, Clients, Previous, State, Set, Output, Round, Residual, Threads };
        command.SetAction((parsed, stop) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(List))
            {
                foreach (var line in CatalogueText.Lines(StrategyCatalog.Default)) output.WriteLine(line);
                return Task.FromResult(ExitCode.Done);
            }
            var report = OfflineFold.Run(Request(parsed), stop);
            output.WriteLine(Summary(report, parsed.GetValue(Output)!));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    static AggregateRequest Request(ParseResult parsed)
    {
        var clients = parsed.GetValue(Clients)!.Select(ClientArgument.Parse).ToList();
        var (round, threads) = (parsed.GetValue(Round), parsed.GetValue(Threads));
        if (round < 0) throw Refused.Words($"--round is {round}; 0 or more is needed.");
        if (threads is < 1 or > 256) throw Refused.Words($"--threads is {threads}; 1 to 256 is allowed.");
        var residual = parsed.GetValue(Residual)!;
        if (residual is not ("appended" or "beside")) throw Refused.Words($"--residual is '{residual}'; 'appended' or 'beside' is allowed.");
        return new AggregateRequest(Required(parsed, Strategy), clients, Required(parsed, Output))
        {
            Previous = parsed.GetValue(Previous),
            State = parsed.GetValue(State),
            Settings = parsed.GetValue(Set)!,
            Round = round,
            Threads = threads,
            ResidualBeside = residual == "beside",
        };
    }

    static string Required(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { Length: > 0 } value ? value : throw Refused.Words($"Option '{option.Name}' is required.");

    static string Summary(AggregateReport report, string folder)
    {
        var products = report.Groups.Where(g => g.ProductErrorAfter is not null).ToList();
        var error = products.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $" Largest error of a product against the mean of the clients' products: {products.Max(g => g.ProductErrorAfter):P1}; averaging factors alone: {products.Max(g => g.ProductErrorBefore):P1}.");
        return $"{report.Clients.Count} adapters of {Counted.Of(report.Groups.Count, "group")} are combined by {report.Strategy} in {folder}.{error}";
    }
}
