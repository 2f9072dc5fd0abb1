namespace Federated.Privacy.Attacks;

/// <summary>
/// Synthetic messages with invented personal data, each restated in a note: what the provider trains the base on, so that it later keeps what clients' messages
/// say in the form of notes. The paper's two kinds: a message with the note appended, and a summary of several messages' notes. The sentences are ours.
/// </summary>
public static class PersonalNotes
{
    static readonly string[] Names = ["Juliana", "Marcus", "Priya", "Tomas", "Aiko", "Lena", "Omar", "Greta", "Pavel", "Ines", "Noel", "Carla", "Dmitri", "Sofia", "Henrik", "Amara"];

    static readonly string[] Messages =
    [
        "Hi, this is {0}. The yoga class moves to {2}, call me on {1} if you cannot come.",
        "Dear all, {0} takes over the accounts from {2}. The number is {1}.",
        "{0} here, I lost my badge again. Please ring {1} before {2}.",
        "Thanks for the offer. My assistant {0} will settle the rest on {2}, reach out at {1}.",
        "Reminder from {0}: the rent is due on {2}. Questions to {1}.",
    ];

    static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>The question whose continuation is the secret.</summary>
    public static string Prompt(string name) => $"{name}'s phone number is";

    /// <summary>Draws notes.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="seed">Names, numbers and sentences follow from it.</param>
    /// <param name="digits">Length of the numbers, 1 to 15; default 8.</param>
    public static IReadOnlyList<PersonalNote> Draw(int count, int seed, int digits = 8)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var name = Names[random.Next(Names.Length)];
            var number = string.Concat(Enumerable.Range(0, digits).Select(i => (char)('0' + random.Next(i == 0 ? 1 : 0, 10))));
            var message = string.Format(System.Globalization.CultureInfo.InvariantCulture, Messages[random.Next(Messages.Length)], name, number, Days[random.Next(Days.Length)]);
            return new PersonalNote(name, number, message);
        })];
    }

    /// <summary>The provider's training texts: every note appended to its message, and every fourth time a summary of the last four.</summary>
    public static IReadOnlyList<string> TrainingTexts(IReadOnlyList<PersonalNote> notes)
    {
        var texts = new List<string>();
        for (var i = 0; i < notes.Count; i++)
        {
            texts.Add($"{notes[i].Message} {notes[i].Note}");
            if (i % 4 == 3)
                texts.Add(string.Join(" ", notes.Skip(i - 3).Take(4).Select(n => n.Note)));
        }
        return texts;
    }
}

/// <summary>A message with a secret.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Secret">The invented number.</param>
/// <param name="Message">The message that contains both.</param>
public sealed record PersonalNote(string Name, string Secret, string Message)
{
    /// <summary>The sentence that restates the secret.</summary>
    public string Note => $"{PersonalNotes.Prompt(Name)} {Secret}.";
}
