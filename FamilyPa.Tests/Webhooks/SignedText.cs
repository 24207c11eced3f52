using System.Text.RegularExpressions;

namespace FamilyPa.Tests.Webhooks;

/// <summary>What Twilio signs of a form, and how it can be divided into other fields under the same signature.</summary>
internal sealed partial class SignedText(IReadOnlyDictionary<string, string> form, Random random)
{
    private readonly string text = string.Concat(form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value));

    /// <summary>Another form with the same signature.</summary>
    public Dictionary<string, string> Divide()
    {
        while (true)
        {
            var starts = random.Next(4) switch
            {
                0 => AtKnownNames(0.9),
                1 => AtKnownNames(0.5),
                2 => WithoutSome(),
                _ => Moved(),
            };
            if (TryRead(starts) is { } divided && !(divided.Count == form.Count && divided.All(field => form.GetValueOrDefault(field.Key) == field.Value)))
                return divided;
        }
    }

    /// <summary>Where names begin, and how long they are: wherever the text has the name of a field, and at random.</summary>
    private List<(int At, int Length)> AtKnownNames(double likelihood)
    {
        List<(int, int)> starts = [];
        foreach (Match match in KnownNames().Matches(text))
        {
            if (match.Index == 0 || random.NextDouble() < likelihood)
                starts.Add((match.Index, match.Groups[1].Length));
        }

        return WithRandom(starts, random.Next(3));
    }

    /// <summary>The form's own fields, some merged into their neighbours.</summary>
    private List<(int At, int Length)> WithoutSome() => WithRandom([.. Own().Where(field => field.At == 0 || random.Next(5) > 0)], random.Next(3));

    /// <summary>The form's own fields, one name beginning or ending elsewhere.</summary>
    private List<(int At, int Length)> Moved()
    {
        var starts = Own();
        var i = random.Next(starts.Count);
        starts[i] = (i == 0 ? 0 : Math.Max(0, starts[i].At + random.Next(-3, 4)), Math.Max(1, starts[i].Length + random.Next(-6, 7)));
        return WithRandom(starts, random.Next(2));
    }

    private List<(int At, int Length)> Own()
    {
        var at = 0;
        return [.. form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field =>
        {
            var start = (at, field.Key.Length);
            at += field.Key.Length + field.Value.Length;
            return start;
        })];
    }

    private List<(int At, int Length)> WithRandom(List<(int At, int Length)> starts, int count)
    {
        for (var i = 0; i < count; i++)
            starts.Add((random.Next(text.Length), random.Next(1, 13)));
        return [.. starts.OrderBy(start => start.At)];
    }

    /// <summary>Leaves out what would not be in the order in which Twilio signs.</summary>
    private Dictionary<string, string>? TryRead(List<(int At, int Length)> starts)
    {
        List<(int At, string Name)> names = [];
        foreach (var (at, length) in starts)
        {
            if (at + length > text.Length || (names.Count > 0 && at < names[^1].At + names[^1].Name.Length))
                continue;
            var name = text.Substring(at, length);
            if (names.Count == 0 || string.CompareOrdinal(names[^1].Name, name) < 0)
                names.Add((at, name));
        }

        return names is [(0, _), ..]
            ? names.Index().ToDictionary(
                name => name.Item.Name,
                name => text[(name.Item.At + name.Item.Name.Length)..(name.Index + 1 < names.Count ? names[name.Index + 1].At : text.Length)],
                StringComparer.Ordinal)
            : null;
    }

    /// <summary>Matches that overlap are all found.</summary>
    [GeneratedRegex("(?=(AccountSid|Address|ApiVersion|Body|ButtonPayload|ButtonText|ChannelMetadata|ExternalUserId|Forwarded|FromCity|FromCountry|FromState|FromZip|From|Label|Latitude|Longitude|ListTitle|MediaContentType[01]|MediaUrl[01]|MessageSid|MessageType|NumMedia|NumSegments|OptOutType|OriginalRepliedMessageSid|ProfileName|ReferralNumMedia|SmsMessageSid|SmsSid|SmsStatus|ToCity|ToCountry|ToState|ToZip|To|WaId|Z))")]
    private static partial Regex KnownNames();
}
