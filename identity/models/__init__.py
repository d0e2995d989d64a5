"""The tables of identity, the same in both roles: people and roles, and what the e-ID provider keeps."""

from identity.models.clients import Application, CallLimit, UsedAssertion, UsedProof
from identity.models.e_ids import IdentityProvider
from identity.models.factors import AuthenticatorApp, Passkey, RecoveryCode, SignInAttempt
from identity.models.mandates import ConsentCode, Mandate
from identity.models.onboarding import AgencyClient, ClientCall, ClientEvent, ClientRequest
from identity.models.people import EIDAccount, FederatedIdentity, StaffRole, User
from identity.models.provider import (
    AccessToken,
    DeviceGrant,
    Grant,
    IDToken,
    PushedAuthorizationRequest,
    RefreshToken,
    Session,
)
from identity.models.record import RecordBatch, RecordEntry, RecordPerson
from identity.models.saml import SamlTrust, UsedSamlAssertion
from identity.models.sign_ins import SignIn, UsedLogoutToken
from identity.models.signed_claims import SignedClaim

__all__ = [
    "AccessToken",
    "AgencyClient",
    "Application",
    "AuthenticatorApp",
    "CallLimit",
    "ClientCall",
    "ClientEvent",
    "ClientRequest",
    "ConsentCode",
    "DeviceGrant",
    "EIDAccount",
    "FederatedIdentity",
    "Grant",
    "IDToken",
    "IdentityProvider",
    "Passkey",
    "PushedAuthorizationRequest",
    "Mandate",
    "RecordBatch",
    "RecordEntry",
    "RecordPerson",
    "RecoveryCode",
    "RefreshToken",
    "SamlTrust",
    "Session",
    "SignIn",
    "SignInAttempt",
    "StaffRole",
    "UsedAssertion",
    "UsedLogoutToken",
    "UsedProof",
    "SignedClaim",
    "UsedSamlAssertion",
    "User",
]
