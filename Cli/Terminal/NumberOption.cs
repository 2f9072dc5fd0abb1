using System.CommandLine;

namespace Federated.Cli.Terminal;

/// <summary>An option that takes a whole number of a range.</summary>
static class NumberOption
{
    public static Option<int> Of(string name, string description, int fallback, int low, int high)
    {
        var option = new Option<int>(name) { Description = $"{description} ({low} to {high})", DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < low || value > high))
                result.AddError($"{name} is {value}; {low} to {high} is allowed.");
        });
        return option;
    }
}
