using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FunctionsRuntime.Http;

/// <summary>The one key of the local host. Without a key nothing is accepted.</summary>
internal sealed class FunctionKey(string? key)
{
    private readonly byte[]? expected = string.IsNullOrEmpty(key) ? null : Encoding.UTF8.GetBytes(key);

    public bool IsIn(HttpRequest request)
    {
        if (expected is null)
            return false;

        var given = request.Headers["x-functions-key"].ToString() is { Length: > 0 } header ? header : request.Query["code"].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
    }
}
