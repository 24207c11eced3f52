using Microsoft.Extensions.Configuration;

namespace FamilyPa.Core.Settings;

/// <summary>Lists the secret values of the configuration, so that the sanitizer can mask them.</summary>
internal static class SecretSettings
{
    private static readonly string[] Names =
    [
        "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_NEXT", "WEBHOOK_SHARED_SECRET", "WEBHOOK_SHARED_SECRET_NEXT", "AZURE_OPENAI_API_KEY",
        "SESSION_SIGNING_KEY", "SESSION_SIGNING_KEY_NEXT", "POSTGRES_CONNECTION_STRING", "AzureWebJobsStorage",
    ];

    public static IEnumerable<string?> Of(IConfiguration configuration) => Names.Select(name => configuration[name]).SelectMany(Parts);

    /// <summary>The value itself, and the password or key inside a connection string, with and without URL encoding.</summary>
    private static IEnumerable<string?> Parts(string? value)
    {
        yield return value;
        foreach (var part in (value ?? "").Split(';'))
        {
            if (part.Split('=', 2) is [var name, var secret] && name.Trim().ToUpperInvariant() is "PASSWORD" or "ACCOUNTKEY" or "SHAREDACCESSSIGNATURE")
                yield return secret;
        }

        if (value is not null && Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.UserInfo.Split(':', 2) is [_, var password])
        {
            yield return password;
            yield return Uri.UnescapeDataString(password);
        }
    }
}
