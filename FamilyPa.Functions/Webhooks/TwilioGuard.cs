using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Ingestion;
using FamilyPa.Core.Settings;
using FamilyPa.Core.Twilio;
using FamilyPa.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FamilyPa.Functions.Webhooks;

/// <summary>Why a request is refused, and with which status. Which guard it was shows in our log, not in the answer.</summary>
public sealed record Refusal(int Status, string Reason);

/// <summary>A request that is proven to be Twilio's, of our account.</summary>
public sealed record VerifiedForm(Dictionary<string, string> Fields, byte[] Body);

/// <summary>The guards of the webhooks, cheapest first: nothing is stored, and hardly anything computed, for a caller who can't be Twilio.</summary>
/// <remarks>Whether its sender is known and within the rates is decided where a verified message is stored, in the same transaction (<c>accept_message</c>).</remarks>
public sealed class TwilioGuard(SharedSecret secret, TwilioRequestValidator signature, FormGrammar grammar, IOptions<AppSettings> settings)
{
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly HashSet<string> numbers = [.. settings.Value.Numbers()];

    /// <param name="required">Fields that the form must have, not empty. Where <c>To</c> is one, it must be a number of ours.</param>
    public async Task<(VerifiedForm? Form, Refusal? Refusal)> VerifyAsync(HttpRequest request, string[] required, CancellationToken cancellation)
    {
        using var span = Traces.Start("verify");
        var result = await CheckAsync(request, required, cancellation);
        span.End(result.Refusal?.Reason ?? "verified");
        return result;
    }

    private async Task<(VerifiedForm? Form, Refusal? Refusal)> CheckAsync(HttpRequest request, string[] required, CancellationToken cancellation)
    {
        if (!HttpMethods.IsPost(request.Method))
            return Refuse(StatusCodes.Status405MethodNotAllowed, "method_not_allowed");
        if (!IsForm(request.Headers.ContentType))
            return Refuse(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type");
        if (!secret.IsValid(request.Query["secret"]))
            return Refuse(StatusCodes.Status401Unauthorized, "bad_secret");
        if (await Body.ReadAsync(request, InboundMessage.LargestForm, cancellation) is not { } body)
            return Refuse(StatusCodes.Status413PayloadTooLarge, "payload_too_large");

        var header = request.Headers["X-Twilio-Signature"];
        if (header.Count != 1 || string.IsNullOrEmpty(header[0]))
            return Refuse(StatusCodes.Status401Unauthorized, "missing_signature");
        if (FormFields.TryRead(body) is not { } fields)
            return Refuse(StatusCodes.Status400BadRequest, "duplicate_field");
        if (!signature.IsValid(PathAndQuery(request), fields, body, header[0]!))
            return Refuse(StatusCodes.Status401Unauthorized, "bad_signature");

        if (Array.Exists(required, name => string.IsNullOrWhiteSpace(fields.GetValueOrDefault(name))))
            return Refuse(StatusCodes.Status400BadRequest, "missing_field");
        if (!FormGrammar.HasOneSid(fields))
            return Refuse(StatusCodes.Status400BadRequest, "bad_message_sid");
        if (fields.GetValueOrDefault("AccountSid") != settings.Value.TwilioAccountSid)
            return Refuse(StatusCodes.Status401Unauthorized, "not_our_account");
        if (required.Contains("To") && !IsOurs(fields["To"]))
            return Refuse(StatusCodes.Status401Unauthorized, "not_our_number");
        if (required.Contains("To") && grammar.Violation(fields) is { } violation)
            return Refuse(StatusCodes.Status400BadRequest, violation);
        return (new VerifiedForm(fields, body), null);
    }

    /// <summary>Where no numbers are configured, the account alone decides.</summary>
    private bool IsOurs(string address) => numbers.Count == 0 || numbers.Contains(Address.WithoutChannel(address));

    private static bool IsForm(Microsoft.Extensions.Primitives.StringValues contentType) =>
        contentType.Count == 1
        && MediaTypeHeaderValue.TryParse(contentType[0], out var type)
        && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase);

    /// <summary>As it stood in the request line: what Twilio signed, before anything decoded or normalised it.</summary>
    private static string PathAndQuery(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw && raw[0] == '/'
            ? raw
            : request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

    private static (VerifiedForm?, Refusal?) Refuse(int status, string reason) => (null, new Refusal(status, reason));
}
