namespace FamilyPa.Core.Resilience;

/// <summary>A network by which a caller is counted.</summary>
/// <param name="Key">An IPv4 address, or an IPv6 network of 64 or 48 bits.</param>
/// <param name="Factor">How many times the limit of an address this network has.</param>
public sealed record CallerNetwork(string Key, int Factor);
