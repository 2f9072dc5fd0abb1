using Federated.Client.Training;

namespace Federated.Cli.Text;

/// <summary>A federation over mails: the base, the sites and the run.</summary>
sealed record TextSettings
{
    public TextPretrainSettings Pretrain { get; init; } = new();

    /// <summary>Tokens of the vocabulary that the base knows.</summary>
    public int Vocabulary { get; init; } = 4096;

    /// <summary>Definitions that the base learns from; 0 is all of WordNet's.</summary>
    public int Glosses { get; init; }

    public int Sites { get; init; } = 4;
    public int MailsPerSite { get; init; } = 150;
    public string Strategy { get; init; } = "lora-fair";
    public int Rounds { get; init; } = 10;

    /// <summary>Optimiser steps of a site in a round.</summary>
    public int Steps { get; init; } = 15;

    public int BatchSize { get; init; } = 8;
    public double LearningRate { get; init; } = 3e-3;
    public int Rank { get; init; } = 8;
    public ulong Seed { get; init; } = 1;
}
