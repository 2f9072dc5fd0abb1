namespace Federated.Client.Models;

/// <summary>What a model takes.</summary>
public enum Modality
{
    Images,
    Text,
}
