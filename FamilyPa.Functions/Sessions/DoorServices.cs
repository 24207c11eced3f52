using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Functions.Sessions;

public static class DoorServices
{
    /// <summary>How browsers and programs bring their sessions.</summary>
    public static IServiceCollection AddMemberDoor(this IServiceCollection services) => services
        .AddSingleton<SessionCookie>()
        .AddSingleton<MemberDoor>();
}
