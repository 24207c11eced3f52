using System.Net.Sockets;
using System.Text;
using FamilyPa.Simulators.Twilio;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Webhooks;

/// <summary>A webhook written byte by byte: HTTP clients refuse to send what a guard must be tried with.</summary>
internal static class RawRequest
{
    /// <returns>The answer's first line.</returns>
    public static async Task<string> SendAsync(FamilyPaApp app, IReadOnlyDictionary<string, string> form, string extraHeader)
    {
        var url = new Uri(app.Twilio.WebhookUrl!);
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsByteArrayAsync();
        var head = $"""
            POST {url.PathAndQuery} HTTP/1.1
            Host: {url.Authority}
            Connection: close
            Content-Type: application/x-www-form-urlencoded
            Content-Length: {body.Length}
            X-Twilio-Signature: {TwilioSignature.Sign(FamilyPaApp.AuthToken, url.ToString(), form)}
            {extraHeader}


            """.ReplaceLineEndings("\r\n");
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(body);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }
}
