namespace Federated.Cli.Audit;

/// <summary>One method under one defence: means over the batches.</summary>
/// <param name="Method">Of the client's methods.</param>
/// <param name="Attack">"span" (<see cref="Federated.Privacy.Attacks.RecitAttack"/>) or "likelihood" (<see cref="Federated.Privacy.Attacks.LikelihoodAttack"/>); their numbers cannot be compared with each other.</param>
/// <param name="Defence">See <see cref="Audit.Defence"/>.</param>
/// <param name="Epsilon">One release's, where the defence is a guarantee.</param>
/// <param name="Auc">Mean, and the mean of its standard errors.</param>
/// <param name="AucError">See <paramref name="Auc"/>.</param>
/// <param name="AucSpread">Standard deviation over the batches.</param>
/// <param name="RecallAtT">Members among the T nearest.</param>
/// <param name="Advantage">Largest gap of true and false positive rate.</param>
/// <param name="AdvantageFloor">Mean lower end of its interval.</param>
/// <param name="ExactHits">Within rounding of the span.</param>
/// <param name="TokenRecall">Tokens among the candidates of their position.</param>
/// <param name="RougeL">Of the best guess for each text.</param>
/// <param name="SecretsRead">Numbers that stand in a guess, of those that there were.</param>
/// <param name="SecretsTold">Numbers that the updated model tells when asked.</param>
/// <param name="LossGain">How much the update lowers the loss on its own texts, in nats a token: what is left of its use.</param>
/// <param name="GainLost">Of the undefended update's gain, what the defence has cost; in nats a token.</param>
sealed record AuditRow(string Method, string Attack, string Defence, double? Epsilon, double Auc, double AucError, double AucSpread, double RecallAtT, double Advantage, double AdvantageFloor,
    double ExactHits, double TokenRecall, double RougeL, double SecretsRead, double SecretsTold, double LossGain, double GainLost);

/// <summary>A whole audit.</summary>
/// <param name="Model">The base's digest.</param>
/// <param name="Settings">What was tried.</param>
/// <param name="Rows">By method, then defence.</param>
/// <param name="Seconds">Wall time.</param>
sealed record AuditResult(string Model, AuditSettings Settings, IReadOnlyList<AuditRow> Rows, double Seconds);
