using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Formats.Peft;

namespace Federated.Client.Adapters;

/// <summary>Loads a published peft folder into a base model.</summary>
public static class PublishedAdapter
{
    /// <exception cref="ClientFault">F521: the folder is missing or malformed, or its tensors fit no site of the model.</exception>
    public static AttachedAdapter Attach(IFoundationModel model, string folder)
    {
        var values = Read(model, folder);
        var adapter = AttachedAdapter.Attach(model, values.Layout);
        adapter.Import(values);
        return adapter;
    }

    static AdapterTensors Read(IFoundationModel model, string folder)
    {
        try
        {
            return PeftImport.Of(PeftFolder.Read(folder), model.BaseDigest, model.ModelType);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Adapter($"The adapter folder '{folder}' cannot be used: {e.Message}", e);
        }
    }
}
