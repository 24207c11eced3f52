using FamilyPa.Core.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FamilyPa.Core.SignIn;

/// <param name="Name">As the audit log names the operator.</param>
/// <param name="Roles">Of <see cref="OperatorTokens.Reader"/> and <see cref="OperatorTokens.Operator"/>, and others that mean nothing here.</param>
public sealed record OperatorIdentity(string Name, IReadOnlyCollection<string> Roles);

/// <summary>Access tokens of operators from Microsoft Entra ID (<c>OPERATOR_AUTHORITY</c>, <c>OPERATOR_AUDIENCE</c>) with the app roles of the registration.</summary>
/// <remarks>https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference</remarks>
public sealed class OperatorTokens(IHttpClientFactory clients, IOptions<AppSettings> settings, ILogger<OperatorTokens> log)
{
    public const string Reader = "reader";
    public const string Operator = "operator";

    private const int LongestName = 200;

    /// <summary>The first that is present: a person's sign-in name, else the client's id of a program.</summary>
    private static readonly string[] NameClaims = ["preferred_username", "upn", "name", "azp", "appid"];

    private readonly AccessTokens? tokens =
        string.IsNullOrEmpty(settings.Value.OperatorAuthority) ? null : new(settings.Value.OperatorAuthority, settings.Value.OperatorAudience!, clients, log);

    /// <returns>Null when there is no such issuer, or the token is not good.</returns>
    public async Task<OperatorIdentity?> ReadAsync(string token) =>
        token.Length <= Tokens.Longest && tokens is not null && await tokens.ReadAsync(token) is { } valid
            ? new OperatorIdentity(NameOf(valid), [.. valid.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value)])
            : null;

    /// <remarks>The object id identifies an operator, because a name can change and be reused.</remarks>
    private static string NameOf(JsonWebToken token)
    {
        var name = Array.Find(NameClaims, claim => Text(claim) is not null) is { } claim ? Text(claim)! : "unnamed";
        var shown = string.Concat(name.Where(letter => !char.IsControl(letter)));
        return $"operator:{(shown.Length > LongestName ? shown[..LongestName] : shown)} ({Text("oid") ?? token.Subject})";

        string? Text(string type) => token.TryGetPayloadValue<string>(type, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
    }
}
