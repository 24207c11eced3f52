using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using FamilyPa.Local.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>An OpenID Connect issuer of tests: discovery, keys, and tokens signed with them. It also answers as the endpoint of a managed identity.</summary>
public sealed class LoopbackIssuer : IDisposable
{
    public const string Audience = "familypa";

    private readonly HttpListener listener = new();
    private readonly RSA rsa = RSA.Create(2048);
    private readonly string keyId = "first";
    private string challenge = "";

    private LoopbackIssuer()
    {
        Authority = $"http://127.0.0.1:{LoopbackPort.Free()}";
        listener.Prefixes.Add($"{Authority}/");
    }

    public string Authority { get; }

    /// <summary>What a managed identity gets for a resource.</summary>
    public Func<string, string>? ManagedIdentity { get; set; }

    /// <summary>The access token of whoever signs in on the issuer's page.</summary>
    public Func<string>? SignedIn { get; set; }

    public static LoopbackIssuer Start()
    {
        var issuer = new LoopbackIssuer();
        issuer.listener.Start();
        _ = issuer.ServeAsync();
        return issuer;
    }

    /// <param name="type"><c>at+jwt</c> makes it an access token.</param>
    /// <param name="claims">In addition to the usual ones.</param>
    /// <param name="age">When it was issued.</param>
    public string Token(
        Guid subject, string? audience = Audience, string? issuer = null, TimeSpan? expiresIn = null, SigningCredentials? credentials = null,
        string type = "at+jwt", Dictionary<string, object>? claims = null, TimeSpan? age = null) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Claims = claims,
            Issuer = issuer ?? Authority,
            Audience = audience,
            Subject = new ClaimsIdentity([new("sub", subject.ToString())]),
            NotBefore = DateTime.UtcNow.AddHours(-2),
            IssuedAt = DateTime.UtcNow - (age ?? TimeSpan.FromHours(2)),
            Expires = DateTime.UtcNow + (expiresIn ?? TimeSpan.FromHours(1)),
            SigningCredentials = credentials ?? new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = keyId }, SecurityAlgorithms.RsaSha256),
        });

    /// <summary>Its public key, as one who confuses algorithms would use it as a secret.</summary>
    public SigningCredentials PublicKeyAsSecret() =>
        new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = keyId }, SecurityAlgorithms.HmacSha256);

    public void Dispose()
    {
        listener.Close();
        rsa.Dispose();
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                context.Response.Headers["Access-Control-Allow-Origin"] = "*";
                var query = context.Request.QueryString;
                if (context.Request.Url!.AbsolutePath == "/authorize")
                {
                    challenge = query["code_challenge"]!;
                    context.Response.Redirect($"{query["redirect_uri"]}#code=once&state={query["state"]}");
                    context.Response.Close();
                    continue;
                }

                var body = JsonSerializer.SerializeToUtf8Bytes(context.Request.Url!.AbsolutePath switch
                {
                    "/jwks" => Keys(),
                    "/identity" => Identity(query["resource"]!),
                    "/token" => new { access_token = await IsSameAsync(context.Request) ? SignedIn!() : "" },
                    _ => Discovery(),
                });
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Whether the code is redeemed by the client that asked for it (RFC 7636, S256).</summary>
    private async Task<bool> IsSameAsync(HttpListenerRequest request)
    {
        using var reader = new StreamReader(request.InputStream);
        var form = HttpUtility.ParseQueryString(await reader.ReadToEndAsync());
        return form["code"] == "once" && Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!))) == challenge;
    }

    private object Identity(string resource) => new
    {
        access_token = ManagedIdentity!(resource),
        token_type = "Bearer",
        resource,
        expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    private object Discovery() => new
    {
        issuer = Authority,
        jwks_uri = $"{Authority}/jwks",
        authorization_endpoint = $"{Authority}/authorize",
        token_endpoint = $"{Authority}/token",
    };

    private object Keys()
    {
        var key = rsa.ExportParameters(false);
        return new
        {
            keys = new[] { new { kty = "RSA", use = "sig", kid = keyId, n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } },
        };
    }
}
