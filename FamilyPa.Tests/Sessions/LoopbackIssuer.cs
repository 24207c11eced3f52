using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FamilyPa.Local.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FamilyPa.Tests.Sessions;

/// <summary>An OpenID Connect issuer of tests: discovery, keys, and tokens signed with them.</summary>
public sealed class LoopbackIssuer : IDisposable
{
    public const string Audience = "familypa";

    private readonly HttpListener listener = new();
    private readonly RSA rsa = RSA.Create(2048);
    private readonly string keyId = "first";

    private LoopbackIssuer()
    {
        Authority = $"http://127.0.0.1:{LoopbackPort.Free()}";
        listener.Prefixes.Add($"{Authority}/");
    }

    public string Authority { get; }

    public static LoopbackIssuer Start()
    {
        var issuer = new LoopbackIssuer();
        issuer.listener.Start();
        _ = issuer.ServeAsync();
        return issuer;
    }

    public string Token(Guid subject, string? audience = Audience, string? issuer = null, TimeSpan? expiresIn = null, SigningCredentials? credentials = null) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Authority,
            Audience = audience,
            Subject = new ClaimsIdentity([new("sub", subject.ToString())]),
            NotBefore = DateTime.UtcNow.AddHours(-2),
            IssuedAt = DateTime.UtcNow.AddHours(-2),
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
                var body = JsonSerializer.SerializeToUtf8Bytes(context.Request.Url!.AbsolutePath == "/jwks" ? Keys() : Discovery());
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

    private object Discovery() => new { issuer = Authority, jwks_uri = $"{Authority}/jwks" };

    private object Keys()
    {
        var key = rsa.ExportParameters(false);
        return new
        {
            keys = new[] { new { kty = "RSA", use = "sig", kid = keyId, n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } },
        };
    }
}
