using Federated.Client.Configuration;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Data.Text;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Models.Gpt2;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Training;

namespace Federated.Client.Rounds;

/// <summary>A site's examples, as its configuration and its base model ask for them.</summary>
sealed record SiteData(IExamples Training, IExamples? HeldOut)
{
    /// <exception cref="ClientFault">F510 to F512, F570 to F572: the files cannot be used, or are not what the model takes.</exception>
    public static SiteData Open(ClientConfiguration configuration, IFoundationModel model)
    {
        var data = configuration.Data;
        if (data.IsText != (model.Takes == Modality.Text))
            throw ClientFaults.Modality($"data.kind is '{data.Kind}'; the base model of type '{model.ModelType}' takes {(model.Takes == Modality.Text ? "text" : "images")}.");
        return data.IsText ? Text(data, configuration.Model, (Gpt2Model)model) : Images(data, Preprocessor.Load(configuration.Model));
    }

    static SiteData Images(DataConfiguration data, Normalization normalization)
    {
        var domain = DomainCatalog.Parse(data.Domain);
        var training = ImageDataset.Load(data.Images, data.Labels, data.Indices, domain, LabelSkew.Parse(data.Skew), data.Seed);
        var heldOut = data.EvalImages is null ? null : ImageDataset.Load(data.EvalImages, data.EvalLabels!, data.EvalIndices, domain);
        return new SiteData(new ImageExamples(training, normalization), heldOut is null ? null : new ImageExamples(heldOut, normalization));
    }

    static SiteData Text(DataConfiguration data, string folder, Gpt2Model model)
    {
        var tokenizer = TokenizerFolder.Load(folder);
        if (tokenizer.Count > model.Config.Vocabulary)
            throw ClientFaults.Tokenizer(folder, $"has {tokenizer.Count} tokens; the model's table has {model.Config.Vocabulary} rows.");
        var context = data.Context == 0 ? Math.Min(DataConfiguration.DefaultContext, model.Config.Positions) : data.Context;
        if (context > model.Config.Positions)
            throw ClientFaults.Modality($"data.context is {context}; the base model has {model.Config.Positions} positions.");
        TextExamples Read(string path, IndexRange range) => new(TokenDataset.Of(TextSource.Read(data.Kind, path, data.Field, range), tokenizer, context));
        return new SiteData(Read(data.Text, data.Indices), data.EvalText is null ? null : Read(data.EvalText, data.EvalIndices));
    }
}
