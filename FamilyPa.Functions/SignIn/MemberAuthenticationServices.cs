using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.SignIn;

public static class MemberAuthenticationServices
{
    /// <summary>How browsers and programs bring their sessions.</summary>
    public static IServiceCollection AddMemberAuthentication(this IServiceCollection services) => services
        .AddSingleton<SessionCookie>()
        .AddSingleton<MemberAuthentication>();
}
