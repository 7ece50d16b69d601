/**
 * What authenticators call themselves, by AAGUID. Anything can claim to be any of them where it proves it by no attestation,
 * so a model is there for people to tell their passkeys apart, and decides nothing.
 * Security keys and Windows Hello: https://learn.microsoft.com/en-us/entra/identity/authentication/concept-fido2-hardware-vendor
 * Password stores: https://github.com/passkeydeveloper/passkey-authenticator-aaguids
 */
const models: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'YubiKey 5 Series': [
      'cb69481e-8ff7-4039-93ec-0a2729a154a8',
      'ee882879-721c-4913-9775-3dfcce97072a',
      '19083c3d-8383-4b18-bc03-8f1c9ab2fd1b',
    ],
    'YubiKey 5 Series with NFC': [
      'fa2b99dc-9e39-4257-8f92-4a30d23c4118',
      '2fc0579f-8113-47ea-b116-bb5a8db9202a',
      'a25342c0-3cdc-4414-8e46-f4807fca511c',
    ],
    'YubiKey 5 Series with Lightning': [
      'c5ef55ff-ad9a-4b9f-b580-adebafe026d0',
      'a02167b9-ae71-4ac7-9a07-06432ebb6f1c',
    ],
    'YubiKey 5 FIPS Series': ['73bb0cd4-e502-49b8-9c6f-b59445bf720b'],
    'YubiKey 5 FIPS Series with NFC': ['c1f9a0bc-1dd2-404a-b27f-8e29047a43fd'],
    'YubiKey 5 FIPS Series with Lightning': ['85203421-48f9-4355-9bc8-8a53846e5083'],
    'YubiKey Bio Series': [
      'd8522d9f-575b-4866-88a9-ba99fa02f35b',
      '7d1351a6-e097-4852-b8bf-c9ac5c9ce4a3',
      '83c47309-aabb-4108-8470-8be838b573cb',
    ],
    'Security Key by Yubico': [
      'b92c3f9a-c014-4056-887f-140a2501163b',
      'f8a011f3-8c0a-4d15-8006-17111f9edc7d',
    ],
    'Security Key NFC by Yubico': [
      '6d44ba9b-f6ec-2e49-b930-0c8fe920cb73',
      '149a2021-8ef6-4133-96b8-81f8d5b7f1f5',
      'a4e9fc6d-4cbe-4758-b8ba-37598bb5bbaa',
      'e77e3c64-05e3-428b-8824-0cbeb04b829d',
      '0bb43545-fd2c-4185-87dd-feb0b2916ace',
      '47ab2fb4-66ac-4184-9ae1-86be814012d5',
    ],
    'Google Titan Security Key': ['42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3'],
    'Feitian ePass FIDO2': [
      '833b721a-ff5f-4d00-bb2e-bdda3ec01e29',
      'ee041bce-25e5-4cdb-8f86-897fd6418464',
      '234cd403-35a2-4cc2-8015-77ea280c77f5',
    ],
    'Feitian BioPass FIDO2': ['77010bd7-212a-4fc9-b236-d2ca5e9d4084', 'b6ede29c-3772-412c-8a78-539c1f4c62d2'],
    'Token2 FIDO2': ['ab32f0c6-2239-afbb-c470-d2ef4e254db7', 'eabb46cc-e241-80bf-ae9e-96fa6d2975cf'],
    'Swissbit iShield Key': ['931327dd-c89b-406c-a81e-ed7058ef36c6', '5d629218-d3a5-11ed-afa1-0242ac120002'],
    'GoTrust Idem Key': ['3b1adb99-0dfe-46fd-90b8-7f7614a4de2a'],
    'HID Crescendo Key': ['692db549-7ae5-44d5-a1e5-dd20a493b723', '2d3bec26-15ee-4f5d-88b2-53622490270b'],
    'Windows Hello': [
      '08987058-cadc-4b81-b6e1-30de50dcbe96',
      '9ddd1817-af5a-4672-a2b9-3e3dd95000a9',
      '6028b017-b1d4-4c02-b4b3-afcdafc96bb2',
    ],
    'Microsoft Authenticator': [
      'de1e552d-db1d-4423-a619-566b625cdc84',
      '90a3ccdf-635c-4729-a248-9b709135078f',
    ],
    'Apple Passwords': ['fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'dd4ec289-e01d-41c9-bb89-70fa845d4bf2'],
    'Google Password Manager': ['ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'],
    'Chrome on Mac': ['adce0002-35bc-c60a-648b-0b25f1f05503'],
    'Samsung Pass': ['53414d53-554e-4700-0000-000000000000'],
    '1Password': ['bada5566-a7aa-401f-bd96-45619a55120d'],
    Bitwarden: ['d548826e-79b4-db40-a3d8-11116f7e8349'],
    Dashlane: ['531126d6-e717-415c-9320-3d9aa6981239'],
    KeePassXC: ['fdb141b2-5d84-443e-8a35-4698c205a502'],
    Keeper: ['0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6'],
    NordPass: ['b84e4048-15dc-4dd0-8640-f4f60813c8af'],
    'Proton Pass': ['50726f74-6f6e-5061-7373-50726f746f6e'],
  }).flatMap(([model, aaguids]) => aaguids.map((aaguid): [string, string] => [aaguid, model])),
)

/** The model of the authenticator that made a passkey, as it says itself; null where that is unknown. */
export function passkeyModel(aaguid: string | null): string | null {
  return aaguid === null ? null : (models.get(aaguid) ?? null)
}
