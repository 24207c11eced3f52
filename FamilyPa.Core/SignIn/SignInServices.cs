using FamilyPa.Core.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.SignIn;

public static class SignInServices
{
    /// <summary>Signing in by phone, sessions, outside issuers' tokens, operators' tokens.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddHttpClient(nameof(AccessTokens), http =>
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
            .AddSingleton<OperatorTokens>()
            .AddSingleton<Tokens>()
            .AddSingleton<CallerLimits>()
            .AddSingleton<LoginCodes>()
            .AddSingleton<INotificationHandler>(provider => provider.GetRequiredService<LoginCodes>())
            .AddSingleton<LoginLinks>()
            .AddSingleton<MemberSessions>();
    }
}
