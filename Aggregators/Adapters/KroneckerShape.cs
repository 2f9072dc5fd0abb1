namespace Federated.Aggregators.Adapters;

/// <summary>
/// How s * Left * Right is arranged into a weight [M1 * M2, N1 * N2]: it is Van Loan's rearrangement of a sum of r Kronecker products, column i of Left being the
/// row-major entries of the first factor [M1, N1] and row i of Right those of the second [M2, N2]. Norms and inner products are those of the weight, so combining
/// needs nothing else.
/// </summary>
/// <param name="M1">Rows of the first factors, 1 or more.</param>
/// <param name="N1">Columns of the first factors, 1 or more; M1 * N1 is the left factor's size.</param>
/// <param name="M2">Rows of the second factors, 1 or more.</param>
/// <param name="N2">Columns of the second factors, 1 or more; M2 * N2 is the right factor's size.</param>
public sealed record KroneckerShape(int M1, int N1, int M2, int N2);
