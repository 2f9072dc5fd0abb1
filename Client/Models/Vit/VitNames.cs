namespace Federated.Client.Models.Vit;

/// <summary>Tensor and module names of transformers' ViTForImageClassification.</summary>
static class VitNames
{
    public const string Embeddings = "vit.embeddings";
    public const string ClassToken = "vit.embeddings.cls_token";
    public const string Positions = "vit.embeddings.position_embeddings";
    public const string Projection = "vit.embeddings.patch_embeddings.projection";
    public const string FinalNorm = "vit.layernorm";
    public const string Classifier = "classifier";

    public static string Layer(int index) => $"vit.encoder.layer.{index}";
}
