using System.CommandLine;
using FamilyPa.Core.Operations;
using FamilyPa.Core.Queues;

namespace FamilyPa.Cli.Commands;

/// <summary>The message filter of the commands events and replay.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> status = new("--status")
    {
        Description = $"One or more of {string.Join(", ", EventFilter.KnownStatuses)}; repeated or comma separated.",
    };

    private readonly Option<string?> reason = new("--reason") { Description = "The status_reason, for example no_speech." };
    private readonly Option<string?> errorCode = new("--error-code") { Description = "The error_code, for example ai_http_429." };
    private readonly Option<string?> phase = new Option<string?>("--phase") { Description = "The current phase." }.AcceptOnlyFromAmong(PhaseNames);
    private readonly Option<Guid?> family = new("--family") { Description = "The family's id." };
    private readonly Option<string?> phone = new("--phone") { Description = "The sender, in E.164." };
    private readonly Option<string?> source = new Option<string?>("--source") { Description = "How the message arrived." }.AcceptOnlyFromAmong([.. EventFilter.KnownSources]);
    private readonly Option<DateTimeOffset?> since = Times.Option("--since", "Received then or later: 1h, 2d, or ISO 8601.");
    private readonly Option<DateTimeOffset?> until = Times.Option("--until", "Received before then.");

    public static string[] PhaseNames { get; } = [.. Enum.GetValues<Phase>().Select(phase => phase.Name())];

    public FilterOptions AddTo(Command command)
    {
        foreach (var option in (Option[])[status, reason, errorCode, phase, family, phone, source, since, until])
            command.Add(option);
        return this;
    }

    /// <summary>By the API's parameter names; empty without a filter.</summary>
    public Dictionary<string, string> Read(ParseResult parsed)
    {
        (string Name, string? Value)[] fields =
        [
            ("status", parsed.GetValue(status) is { Length: > 0 } statuses ? string.Join(',', statuses) : null),
            ("reason", parsed.GetValue(reason)),
            ("error_code", parsed.GetValue(errorCode)),
            ("phase", parsed.GetValue(phase)),
            ("family_id", parsed.GetValue(family)?.ToString()),
            ("phone", parsed.GetValue(phone)),
            ("source", parsed.GetValue(source)),
            ("since", parsed.GetValue(since) is { } from ? Times.Iso(from) : null),
            ("until", parsed.GetValue(until) is { } to ? Times.Iso(to) : null),
        ];
        return fields.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!);
    }
}
