using System.Security.Cryptography;
using System.Text.Json;
using FamilyPa.Local.Processes;

namespace FamilyPa.Local.Running;

/// <summary>Secrets that are generated once per clone, so that sessions, scripts and manually configured webhooks survive a restart.</summary>
internal sealed record LocalSecrets(string AuthToken, string SharedSecret, string FunctionKey, string SessionSigningKey)
{
    public static LocalSecrets Load(string path)
    {
        if (File.Exists(path) && JsonSerializer.Deserialize<LocalSecrets>(File.ReadAllText(path)) is { } known)
            return known;
        var made = new LocalSecrets(Random(16), Random(24), Random(24), Random(32));
        SecretFile.Write(path, JsonSerializer.Serialize(made));
        return made;
    }

    private static string Random(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
