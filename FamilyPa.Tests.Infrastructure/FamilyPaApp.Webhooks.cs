using System.Security.Cryptography;
using System.Text;
using FamilyPa.Local.App;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Tests.Infrastructure;

public partial class FamilyPaApp
{
    /// <summary>Posts a valid webhook as Twilio does, with the faults in <paramref name="tamper"/>.</summary>
    /// <param name="to">A client of another app process.</param>
    public async Task<Answer> PostAsync(IReadOnlyDictionary<string, string> form, Tamper? tamper = null, HttpClient? to = null)
    {
        tamper ??= new Tamper();
        var query = tamper.Secret switch
        {
            null => $"?secret={Uri.EscapeDataString(instance.Settings[AppSettings.WebhookSharedSecret]!)}",
            "" => "",
            var secret => $"?secret={Uri.EscapeDataString(secret)}",
        };
        var signed = tamper.SignedUrl ?? instance.Settings[AppSettings.PublicBaseUrl] + tamper.Path + query;
        using var request = new HttpRequestMessage(new HttpMethod(tamper.Method), tamper.Path + query);
        if (tamper.Method != "GET")
        {
            request.Content = tamper.RawBody is { } raw ? new StringContent(raw, Encoding.UTF8) : new FormUrlEncodedContent(form);
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", tamper.ContentType);
        }

        var signature = tamper.Signature ?? TwilioSignature.Sign(tamper.AuthToken ?? instance.Settings[AppSettings.TwilioAuthToken]!, signed, tamper.SignedForm ?? form);
        if (signature.Length > 0)
            request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature);
        foreach (var (name, value) in tamper.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await (to ?? Http).SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>The form of an inbound WhatsApp text, or of an SMS where the sender has no channel.</summary>
    /// <param name="change">Sets fields, or removes those with null.</param>
    public Dictionary<string, string> Form(string body, string? from = null, params (string Field, string? Value)[] change)
    {
        var sid = NewSid();
        var sender = from ?? DemoFamily.Owner.Phone;
        var form = new Dictionary<string, string>
        {
            ["MessageSid"] = sid,
            ["SmsSid"] = sid,
            ["SmsMessageSid"] = sid,
            ["AccountSid"] = instance.Settings[AppSettings.TwilioAccountSid]!,
            ["From"] = $"whatsapp:{sender}",
            ["To"] = $"whatsapp:{DemoFamily.TwilioNumber}",
            ["Body"] = body,
            ["NumMedia"] = "0",
            ["NumSegments"] = "1",
            ["MessageType"] = "text",
            ["ProfileName"] = "Zoë",
            ["WaId"] = sender.TrimStart('+'),
            ["ApiVersion"] = "2010-04-01",
        };
        foreach (var (field, value) in change)
            if (value is null)
                form.Remove(field);
            else
                form[field] = value;
        if (!change.Any(changed => changed.Field == "WaId") && form.GetValueOrDefault("From") is { } address && !address.EndsWith(sender, StringComparison.Ordinal))
            form["WaId"] = address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('+');
        if (form.GetValueOrDefault("From")?.StartsWith('+') is true)
        {
            form["To"] = form["To"].Replace("whatsapp:", "", StringComparison.Ordinal);
            foreach (var field in (string[])["MessageType", "ProfileName", "WaId"])
                form.Remove(field);
        }

        return form;
    }

    /// <summary>Sends a text and checks that the webhook accepts it.</summary>
    /// <returns>Its MessageSid.</returns>
    public async Task<string> TextAsync(string body, string? from = null)
    {
        var form = Form(body, from);
        var answer = await PostAsync(form);
        if (answer.Status != 200)
            throw Failure($"The webhook returned {answer.Status}: {answer.Body}");
        return form["MessageSid"];
    }

    public static string NewSid(string prefix = "SM") => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
