using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace FamilyPa.Functions.Webhooks;

public static class FormFields
{
    /// <summary>Decodes a form, names as they are written (ASP.NET's own reader folds their case, and the signature does not).</summary>
    /// <returns>Null when a name comes twice: the official libraries disagree on how such a form is signed, and Twilio sends none.</returns>
    public static Dictionary<string, string>? TryRead(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(Encoding.UTF8.GetString(body)))
        {
            if (!fields.TryAdd(pair.DecodeName().ToString(), pair.DecodeValue().ToString()))
                return null;
        }

        return fields;
    }
}
