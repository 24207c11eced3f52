using System.Buffers.Text;
using System.Security.Cryptography;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;
using Microsoft.Playwright;

namespace FamilyPa.Tests.Browser.Board;

/// <summary>One app and one browser for all that is done in a browser.</summary>
public sealed class BoardApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    private readonly SemaphoreSlim starting = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Where operators sign in.</summary>
    public LoopbackIssuer Issuer { get; } = LoopbackIssuer.Start();

    public async Task<IBrowser> BrowserAsync()
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            return browser ??= await Chromium.LaunchAsync(playwright);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>A one-tap link, as the chat sends it.</summary>
    /// <returns>Its path and fragment.</returns>
    public async Task<string> LinkAsync(DemoMember member)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        await Database.ExecuteAsync(
            "insert into login_links (token_hash, family_id, user_id, expires_at) values ($1, $2, $3, now() + interval '15 minutes')",
            SHA256.HashData(secret), DemoFamily.FamilyId, member.UserId);
        return $"/board/sign-in#link={Base64Url.EncodeToString(secret)}";
    }

    public override async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
        await base.DisposeAsync();
        Issuer.Dispose();
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        settings["OPERATOR_AUTHORITY"] = Issuer.Authority;
        settings["OPERATOR_AUDIENCE"] = LoopbackIssuer.Audience;
    }
}

[CollectionDefinition(Name)]
public sealed class BoardCollection : ICollectionFixture<BoardApp>
{
    public const string Name = "board";
}
