using System.Security.Cryptography;
using FamilyPa.Core.Storage;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

internal static class IdempotencyKeys
{
    private const string Header = "Idempotency-Key";
    private const int Longest = 200;

    /// <returns>Null when there is no key, or an invalid one, which is an error.</returns>
    public static IdempotencyKey? Of(HttpRequest request, JsonFields fields, IDictionary<string, string[]> wrong)
    {
        if (request.Headers[Header] is not { Count: > 0 } given)
            return null;
        if (given is [{ Length: > 0 and <= Longest } key] && key.All(c => c is > ' ' and < '\x7f'))
            return new IdempotencyKey(key, SHA256.HashData(fields.Body));
        wrong[Header] = [$"1 to {Longest} visible ASCII characters"];
        return null;
    }
}
