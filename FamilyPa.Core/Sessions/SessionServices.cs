using FamilyPa.Core.Notices;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Sessions;

public static class SessionServices
{
    /// <summary>Signing in by phone, sessions, outside issuers' tokens, and what is sent unasked.</summary>
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(OutsideTokens), http =>
            {
                http.Timeout = TimeSpan.FromSeconds(5);
                http.MaxResponseContentBufferSize = 1 << 20;
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5))
            .RemoveAllLoggers();
        return services
            .AddSingleton<SessionKeys>()
            .AddSingleton<SessionTokens>()
            .AddSingleton<OutsideTokens>()
            .AddSingleton<Tokens>()
            .AddSingleton<LoginCodes>()
            .AddSingleton<LoginLinks>()
            .AddSingleton<MemberSessions>()
            .AddSingleton<PendingNotices>()
            .AddSingleton<Channels>()
            .AddSingleton<Invitations>()
            .AddSingleton<NoticeSender>();
    }
}
