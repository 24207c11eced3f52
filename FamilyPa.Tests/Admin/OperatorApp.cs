using FamilyPa.Core.SignIn;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Admin;

/// <summary>The app with an issuer of operators' tokens, which are shaped as Entra shapes them.</summary>
public sealed class OperatorApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    public static readonly Guid ObjectId = new("0bec7000-0000-4000-8000-000000000001");

    public LoopbackIssuer Issuer { get; } = LoopbackIssuer.Start();

    public LoopbackIssuer Members { get; } = LoopbackIssuer.Start();

    public MemberClient As(params string[] roles) => new(this, Token(roles));

    /// <summary>A person's token.</summary>
    public string Token(params string[] roles) => Issuer.Token(Guid.NewGuid(), type: "JWT", claims: new()
    {
        ["ver"] = "2.0",
        ["oid"] = ObjectId.ToString(),
        ["preferred_username"] = "ann@example.com",
        ["azp"] = "the-cli",
        ["scp"] = "user_impersonation",
        ["roles"] = roles,
    });

    /// <summary>A program's token.</summary>
    public string AppOnlyToken(params string[] roles) => Issuer.Token(Guid.NewGuid(), type: "JWT", claims: new()
    {
        ["ver"] = "2.0",
        ["oid"] = ObjectId.ToString(),
        ["azp"] = "the-pipeline",
        ["azpacr"] = "1",
        ["roles"] = roles,
    });

    public async Task<IReadOnlyList<string>> AuditAsync(string where) =>
        [.. (await Database.RowsAsync($"select actor || ' ' || action as entry from audit_log where {where} order by created_at")).Select(row => (string)row["entry"]!)];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Issuer.Dispose();
        Members.Dispose();
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        DisabledFunctions.Set(settings, "Download", "Transcribe", "Extract", "Finalize", "Sweeper");
        settings["OPERATOR_AUTHORITY"] = Issuer.Authority;
        settings["OPERATOR_AUDIENCE"] = LoopbackIssuer.Audience;
        settings["OIDC_AUTHORITY"] = Members.Authority;
        settings["OIDC_AUDIENCE"] = LoopbackIssuer.Audience;
    }
}
