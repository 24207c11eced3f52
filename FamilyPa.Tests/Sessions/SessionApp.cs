using System.Text.RegularExpressions;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Sessions;

/// <summary>The app, with what is particular to signing in.</summary>
public partial class SessionApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    public MemberClient Nobody => new(this, null);

    public Task<Answer> AskForCodeAsync(string phone, params (string, string)[] headers) => Nobody.PostAsync("/api/session/code", new { phone }, headers);

    public Task<Answer> AuthenticateAsync(string phone, string code, params (string, string)[] headers) =>
        Nobody.PostAsync("/api/session", new { phone, code }, headers);

    /// <summary>Waits for the code that was sent to a phone, on whatever channel.</summary>
    public async Task<string> CodeAsync(string phone, int after = 0)
    {
        var sent = await WaitForAsync(() => Task.FromResult(SentTo(phone)), sent => sent.Count > after, $"a code for …{phone[^2..]}");
        return Digits().Match(sent[^1].Body).Value;
    }

    public IReadOnlyList<TwilioMessage> SentTo(string phone) =>
        [.. Twilio.Sent.Where(message => message.To.EndsWith(phone, StringComparison.Ordinal))];

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Digits();

    /// <summary>Stands where members' outside sign-in would be.</summary>
    public LoopbackIssuer Issuer { get; } = LoopbackIssuer.Start();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Issuer.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        settings["SESSION_SIGNING_KEY_NEXT"] = NextKey;
        settings["OIDC_AUTHORITY"] = Issuer.Authority;
        settings["OIDC_AUDIENCE"] = LoopbackIssuer.Audience;
        // All of a test class come from one address.
        settings["SignIn__CodesPerHourPerAddress"] = "1000";
        settings["SignIn__TriesPerAddress"] = "1000";
    }

    public const string NextKey = "the-next-session-signing-key-0123456789";
}
