using FamilyPa.Local.App;
using FamilyPa.Local.Processes;
using FamilyPa.Simulators.Hosting;
using FamilyPa.Simulators.Twilio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Local.Phone;

/// <summary>Serves the page that simulates a family member's phone. Its messages go through simulated Twilio to the real webhook.</summary>
internal sealed class PhoneServer(LoopbackServer server) : IAsyncDisposable
{
    /// <summary>Preferred port, so that an open page reconnects after a restart.</summary>
    private const int UsualPort = 7072;

    public string Url => server.BaseUrl + "/phone";

    public static async Task<PhoneServer> StartAsync(TwilioSimulator twilio, IReadOnlyList<DemoMember> members, bool listens = false, int? port = null) =>
        new(await LoopbackServer.StartAsync(
            app =>
            {
                app.Use(RefuseOtherSites);
                PhonePage.Map(app);
                new PhoneApi(twilio, members, listens, app.Lifetime.ApplicationStopping).Map(app);
            },
            port ?? (LoopbackPort.IsFree(UsualPort) ? UsualPort : 0)));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>Blocks cross-site requests and DNS rebinding: other pages in the browser must not send messages or read the conversation.</summary>
    private static async Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        var ours = context.Request.Host.Host is "127.0.0.1" or "localhost";
        if (!ours || (!HttpMethods.IsGet(context.Request.Method) && site is not ("" or "same-origin" or "none")))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-store";
        await next(context);
    }
}
